import type { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import {
  DATABASE_LABEL,
  dnsLabelSchema,
  MANAGED_BY_LABEL,
  MANAGER,
  OWNER_ANNOTATION,
  stringifyDatabaseRef,
  type DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import type {
  BlueprintRegistry,
  ParsedSpec,
} from '../blueprints/BlueprintRegistry';
import type { KubernetesClusters } from '../kubernetes/KubernetesClusters';
import type { Databases, ListOptions, StoredDatabase } from './Databases';
import { stateOf } from './stateOf';
import { toUnreadable } from './unreadable';
import { withAuthorities } from './storedAuthorities';
import {
  isForeignSpec,
  listSpecTexts,
  parseSpecText,
  readSpecText,
} from './storedSpec';

/** On a Namespace: what of this one database is imitated, in a sentence. */
const SIMULATED_ANNOTATION = 'ringfence.dev/simulated';

/** Specs as text, by the names of their namespaces. */
type SpecTexts = ReadonlyMap<string, string>;

/** The databases in all Kubernetes clusters, read at each call. */
export interface LiveDatabases extends Databases {
  /** Those of one Kubernetes cluster, or those of them that could be read. */
  listIn(
    kubernetes: KubernetesCluster,
    onUnreachable: () => void,
    onUnreadable?: ListOptions['onUnreadable'],
  ): Promise<StoredDatabase[]>;
  /**
   * The one of a Namespace that was read already.
   *
   * @param texts - specs that were read already, of {@link LiveDatabases.listTexts}
   * @throws NotFoundError where the namespace holds no spec that says what it is
   */
  readFrom(
    kubernetes: KubernetesCluster,
    namespace: KubernetesObject,
    texts?: SpecTexts,
  ): Promise<StoredDatabase>;
  /** All stored specs of a Kubernetes cluster in a few requests, or none where that may not be. */
  listTexts(kubernetes: KubernetesCluster): Promise<SpecTexts>;
}

/** Reads databases from Kubernetes clusters. */
export function createDatabases(deps: {
  clusters: KubernetesClusters;
  blueprints: BlueprintRegistry;
  logger: LoggerService;
}): LiveDatabases {
  const { clusters, blueprints } = deps;
  const logOnce = createLogOnce(deps.logger);

  const listOne = async (
    kubernetes: KubernetesCluster,
    onUnreachable: () => void,
    onUnreadable: ListOptions['onUnreadable'],
  ) => {
    const namespaces = await kubernetes.list({
      apiVersion: 'v1',
      kind: 'Namespace',
      labels: { [MANAGED_BY_LABEL]: MANAGER },
    });
    const databases = namespaces.map(namespace =>
      read(kubernetes, namespace, blueprints).catch(error => {
        logOnce(`${kubernetes.name}/${namespace.metadata.name}`, error);
        // It was asked for and is not readable; anything else is no answer.
        if (error.name !== 'NotFoundError') onUnreachable();
        else {
          const { name } = kubernetes;
          onUnreadable?.(toUnreadable(name, namespace, error.message));
        }
        return undefined;
      }),
    );
    return (await Promise.all(databases)).filter(database => !!database);
  };

  const listIn: LiveDatabases['listIn'] = (
    kubernetes,
    onUnreachable,
    onUnreadable,
  ) =>
    listOne(kubernetes, onUnreachable, onUnreadable).catch(error => {
      logOnce(kubernetes.name, error);
      onUnreachable();
      return [];
    });

  return {
    listIn,
    readFrom: (kubernetes, namespace, texts) =>
      read(kubernetes, namespace, blueprints, texts),
    // Read one by one, they say for themselves what is wrong.
    listTexts: kubernetes => listSpecTexts(kubernetes).catch(() => new Map()),

    async list(options) {
      const lists = clusters
        .listUsable()
        .map(({ kubernetes }) =>
          listIn(
            kubernetes,
            () => options?.onUnreachable?.(kubernetes.name),
            options?.onUnreadable,
          ),
        );
      return (await Promise.all(lists)).flat();
    },

    async get(ref: DatabaseRef) {
      const { kubernetes } = clusters.get(ref.kubernetesCluster);
      // It comes from a URL and goes into one: ".." would name something else.
      if (!dnsLabelSchema.safeParse(ref.namespace).success) {
        throw new NotFoundError(
          `No database "${stringifyDatabaseRef(
            ref,
          )}": that is no name of a namespace`,
        );
      }
      const namespace = await kubernetes.get({
        apiVersion: 'v1',
        kind: 'Namespace',
        name: ref.namespace,
      });
      if (namespace?.metadata.labels?.[MANAGED_BY_LABEL] !== MANAGER) {
        throw new NotFoundError(
          `No database "${stringifyDatabaseRef(ref)}": ${
            namespace
              ? 'its namespace is not managed by Ringfence'
              : 'there is no such namespace'
          }`,
        );
      }
      return read(kubernetes, namespace, blueprints);
    },
  };
}

/** @throws NotFoundError where the namespace holds no spec that says what it is */
async function read(
  kubernetes: KubernetesCluster,
  namespace: KubernetesObject,
  blueprints: BlueprintRegistry,
  texts?: SpecTexts,
): Promise<StoredDatabase> {
  const { name, annotations = {}, labels = {} } = namespace.metadata;
  const ref = { kubernetesCluster: kubernetes.name, namespace: name };
  const stored = await storedSpec(kubernetes, namespace, texts).catch(
    rethrow(ref),
  );
  if (stored === undefined) {
    throw notReadable(
      ref,
      'it has no ConfigMap "ringfence" with a spec.yaml yet',
    );
  }
  const parsed = parse(blueprints, stored, ref);
  const { blueprint, spec } = completed(parsed, namespace, ref);
  if (spec.namespace !== name || spec.name !== labels[DATABASE_LABEL]) {
    throw notReadable(
      ref,
      `its ConfigMap "ringfence" holds the spec of "${spec.name}" in namespace "${spec.namespace}"`,
    );
  }
  // The Namespace says whose it is: who may write ConfigMaps in it may not.
  const owner = annotations[OWNER_ANNOTATION] ?? spec.owner;
  if (spec.owner !== owner) {
    throw notReadable(
      ref,
      `its ConfigMap "ringfence" names the owner "${spec.owner}", its Namespace "${owner}"`,
    );
  }
  return {
    ref,
    blueprint,
    spec,
    state: stateOf(namespace),
    simulated: annotations[SIMULATED_ANNOTATION] ?? kubernetes.simulated,
  };
}

async function storedSpec(
  kubernetes: KubernetesCluster,
  namespace: KubernetesObject,
  texts?: SpecTexts,
): Promise<unknown> {
  const { name } = namespace.metadata;
  const listed = texts?.get(name);
  // One that does not fit may have been written since it was listed.
  const serves = listed !== undefined && !isForeignSpec(namespace, listed);
  const text = serves ? listed : await readSpecText(kubernetes, name);
  return text === undefined ? undefined : parseSpecText(name, text);
}

function parse(
  blueprints: BlueprintRegistry,
  stored: unknown,
  ref: DatabaseRef,
) {
  try {
    return blueprints.parse(stored);
  } catch (error) {
    throw notReadable(
      ref,
      `its ConfigMap "ringfence" holds a spec that does not fit: ${
        (error as Error).message
      }`,
    );
  }
}

function completed(
  parsed: ParsedSpec,
  namespace: KubernetesObject,
  ref: DatabaseRef,
): ParsedSpec {
  try {
    return withAuthorities(parsed, namespace);
  } catch (error) {
    throw notReadable(ref, (error as Error).message);
  }
}

function rethrow(ref: DatabaseRef) {
  return (error: Error): never => {
    throw error.name === 'InputError' ? notReadable(ref, error.message) : error;
  };
}

function notReadable(ref: DatabaseRef, why: string): NotFoundError {
  return new NotFoundError(
    `Database "${stringifyDatabaseRef(
      ref,
    )}" cannot be read: ${why}. Provision it again to write its spec anew`,
  );
}

/** Lists are asked for all the time: each problem is logged when it comes up or changes. */
export function createLogOnce(logger: LoggerService) {
  const logged = new Map<string, string>();
  return (subject: string, error: Error) => {
    if (logged.get(subject) === error.message) return;
    logged.set(subject, error.message);
    logger.warn(`Left out of the databases: ${subject}: ${error.message}`);
  };
}
