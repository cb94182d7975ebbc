import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  databaseEntityRef,
  OWNER_ANNOTATION,
  SPEC_CONFIG_MAP,
  SPEC_SHA256_ANNOTATION,
  STATE_ANNOTATION,
  stringifyDatabaseRef,
  type DatabaseRef,
  type ProvisionOutcome,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  AccessRecipe,
  KubernetesCluster,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { BlueprintRegistry, ParsedSpec } from '../blueprints';
import {
  authoritiesAnnotation,
  withAuthorities,
} from '../databases/storedAuthorities';
import {
  isForeignSpec,
  parseSpecText,
  readSpecText,
} from '../databases/storedSpec';
import type {
  KubernetesClusters,
  UsableKubernetesCluster,
} from '../kubernetes/KubernetesClusters';
import { findNamespace } from './decommission';
import { RefusedError } from './errors';
import type { Run } from './Run';
import type { CreateTools, Session } from './Session';

const FOREIGN_SPEC_REMEDY =
  'Provision the database from the form: with its own spec to undo the change, with the changed one to accept it';
const WORDS: Readonly<Record<string, string>> = {
  provisioning: 'has not been provisioned to its end',
  decommissioning: 'is being decommissioned',
  retained: 'is decommissioned, its volumes are kept',
};

/** A database that is there, and a run on it. */
export interface Operated extends ParsedSpec {
  readonly run: Run;
  readonly entry: UsableKubernetesCluster;
}

/** A change to a database that is there; its spec stays as it is. */
export interface Operation {
  /** Throws where it cannot be done; called before anything is changed. */
  check?(operated: Operated): void;
  /** @returns what it came to, in a sentence */
  run(operated: Operated): Promise<string>;
}

/**
 * Runs an operation on a database, under the same Lease as provisioning.
 *
 * @throws RefusedError where the database is not there to its end
 */
export async function operate(
  deps: {
    readonly clusters: KubernetesClusters;
    readonly blueprints: BlueprintRegistry;
    readonly createTools: CreateTools;
  },
  session: Session,
  ref: DatabaseRef,
  operation: Operation,
): Promise<ProvisionOutcome> {
  const entry = deps.clusters.get(ref.kubernetesCluster);
  const kubernetes = session.guarded(entry.kubernetes);
  const read = () => readDatabase(deps.blueprints, kubernetes, ref);
  const found = await read();
  const run = session.createRun(
    { ref, name: found.name },
    entry.kubernetes,
    deps.createTools,
    found.parsed.blueprint.access(found.parsed.spec),
  );
  const guardedEntry = { ...entry, kubernetes };
  operation.check?.({ ...found.parsed, run, entry: guardedEntry });
  await session.takeLease(run, entry.kubernetes);
  // Read again: whoever held the Lease until now may have changed it.
  const { parsed, namespace } = await read();
  run.namespaceAnnotations = annotationsOf(namespace, parsed);
  const operated = { ...parsed, run, entry: guardedEntry };
  const summary = await operation.run(operated);
  const access: AccessRecipe = parsed.blueprint.access(parsed.spec);
  return {
    database: stringifyDatabaseRef(ref),
    entityRef: databaseEntityRef(ref),
    changed: run.journal.changed,
    gatewayAddresses: run.observed.gatewayAddresses.map(({ value }) => value),
    gatewayPorts: [...access.tlsPorts, ...access.plaintextPorts],
    summary,
  };
}

/** A database that is there to its end, with the spec that was provisioned. @throws RefusedError */
async function readDatabase(
  blueprints: BlueprintRegistry,
  kubernetes: KubernetesCluster,
  ref: DatabaseRef,
): Promise<{
  readonly parsed: ParsedSpec;
  readonly namespace: KubernetesObject;
  readonly name: string;
}> {
  const { namespace, name } = await findNamespace(kubernetes, ref);
  refuseUnlessReady(namespace, name);
  const stored = await readSpecText(kubernetes, ref.namespace);
  if (stored === undefined) throw noSpec(ref, name);
  const parsed = withAuthorities(
    blueprints.parse(parseSpecText(ref.namespace, stored)),
    namespace,
  );
  refuseForeignSpec(namespace, name, parsed);
  if (isForeignSpec(namespace, stored)) throw foreignSpec(ref, name);
  return { parsed, namespace, name };
}

function refuseUnlessReady({ metadata }: KubernetesObject, name: string): void {
  const state = metadata.deletionTimestamp
    ? 'decommissioning'
    : metadata.annotations?.[STATE_ANNOTATION];
  if (!state) return;
  throw new RefusedError(
    `Database "${name}" ${WORDS[state] ?? `is in state "${state}"`}`,
    {
      name: ConflictError.name,
      remedy: 'Provision it with its spec first',
    },
  );
}

/**
 * Who may write ConfigMaps in a namespace may write anything into its spec.
 * It must not lead the portal's rights into another namespace, nor hand the
 * database to another owner: the Namespace says whose it is.
 *
 * @throws RefusedError that names what the two say differently
 */
export function refuseForeignSpec(
  { metadata }: KubernetesObject,
  name: string,
  { spec }: ParsedSpec,
): void {
  const owner = metadata.annotations?.[OWNER_ANNOTATION] ?? spec.owner;
  const field = (
    [
      ['namespace', metadata.name],
      ['name', name],
      ['owner', owner],
    ] as const
  ).find(([key, value]) => spec[key] !== value);
  if (!field) return;
  const [key, value] = field;
  throw new RefusedError(
    `The spec stored in namespace "${metadata.name}" says ${key} "${spec[key]}", and its Namespace says "${value}"`,
    {
      name: ConflictError.name,
      remedy: `See who changed it: kubectl get configmap ${SPEC_CONFIG_MAP} -n ${metadata.name} -o yaml --show-managed-fields. Then provision the database again with its own spec`,
    },
  );
}

/** What provisioning wrote on the Namespace, to be written again as it is. */
function annotationsOf(
  { metadata }: KubernetesObject,
  { spec }: ParsedSpec,
): Record<string, string> {
  const sha256 = metadata.annotations?.[SPEC_SHA256_ANNOTATION];
  return {
    [OWNER_ANNOTATION]: spec.owner,
    ...(sha256 !== undefined && { [SPEC_SHA256_ANNOTATION]: sha256 }),
    ...authoritiesAnnotation(spec.authorities),
  };
}

function foreignSpec({ namespace }: DatabaseRef, name: string): RefusedError {
  return new RefusedError(
    `The stored spec of database "${name}" was changed by somebody else: ConfigMap "${namespace}/${SPEC_CONFIG_MAP}" is not what was provisioned`,
    {
      name: ConflictError.name,
      remedy: `${FOREIGN_SPEC_REMEDY}. See who changed it: kubectl get configmap ${SPEC_CONFIG_MAP} -n ${namespace} -o yaml --show-managed-fields`,
    },
  );
}

function noSpec(ref: DatabaseRef, name: string): RefusedError {
  return new RefusedError(
    `Database "${name}" in "${stringifyDatabaseRef(ref)}" has no stored spec`,
    { name: NotFoundError.name, remedy: 'Provision it again to write one' },
  );
}
