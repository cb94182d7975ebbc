import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { maskDocument, maskPasswords } from '../maskPasswords';
import { ownFieldsOf } from './ownFields';

/** Longest text of an event that is kept. */
const MAX_MESSAGE_LENGTH = 1_000;
/** As large as the object itself, and says nothing that it does not. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Of a pod and its containers: what no fact speaks of. */
const POD_LUGGAGE = [
  'affinity',
  'imagePullSecrets',
  'securityContext',
  'tolerations',
  'topologySpreadConstraints',
  'volumes',
];
const CONTAINER_LUGGAGE = [
  'args',
  'command',
  'env',
  'envFrom',
  'lifecycle',
  'livenessProbe',
  'securityContext',
  'startupProbe',
  'volumeDevices',
  'volumeMounts',
];

/** What cass-operator has its nodes start with: the only setting that a check reads. */
const KEPT_VARIABLE = 'CONFIG_FILE_DATA';

type Fields = Record<string, any>;

const BY_KIND: Readonly<Record<string, (object: Fields) => Fields>> = {
  Pod: object => ({ ...object, spec: podSpec(object.spec) }),
  StatefulSet: object => {
    const { template, ...spec } = fields(object.spec);
    return {
      ...object,
      spec: {
        ...spec,
        ...(template && {
          template: { ...template, spec: templateSpec(template.spec) },
        }),
      },
    };
  },
  CertificateRequest: object => ({
    ...object,
    spec: without(object.spec, ['request', 'extra', 'groups']),
    status: without(object.status, ['certificate', 'ca']),
  }),
  Event: object => ({
    ...object,
    message: String(object.message ?? '').slice(0, MAX_MESSAGE_LENGTH),
  }),
  EnvoyFilter: object => {
    const { configPatches, ...spec } = fields(object.spec);
    return {
      ...object,
      spec: {
        ...spec,
        ...(configPatches !== undefined && {
          configPatches: Array.isArray(configPatches)
            ? configPatches.map(reducePatch)
            : configPatches,
        }),
      },
    };
  },
  // Operators copy passwords of stores into these.
  CassandraDatacenter: maskPasswords,
  K8ssandraCluster: maskPasswords,
  // Of whom it speaks; in a large mesh there are thousands.
  ServiceEntry: ({ spec, status: _status, ...object }) => ({
    ...object,
    spec: {
      ...without(spec, ['ports', 'subjectAltNames']),
      endpoints: list(fields(spec).endpoints).map(endpoint => ({
        address: fields(endpoint).address,
      })),
    },
  }),
  // Whom it is for and where it leads.
  VirtualService: ({ spec, status: _status, ...object }) => ({
    ...object,
    spec: {
      ...without(spec, ['http', 'tcp', 'tls']),
      ...Object.fromEntries(
        ['http', 'tcp', 'tls'].map(name => [
          name,
          list(fields(spec)[name]).map(rule => ({
            route: list(fields(rule).route).map(route => ({
              destination: fields(route).destination,
            })),
          })),
        ]),
      ),
    },
  }),
  // Which hosts a workload may dial; in a large mesh there are thousands.
  Sidecar: object => ({ ...object, spec: without(object.spec, ['egress']) }),
};

/** Which fields a patch sets, without what it sets them to: that may be a whole program. */
function reducePatch(configPatch: unknown): unknown {
  const { patch } = fields(configPatch);
  const value = fields(patch)?.value;
  if (!isObject(value)) return configPatch;
  const names = Object.keys(value).map(name => [name, true]);
  return {
    ...fields(configPatch),
    patch: { ...patch, value: Object.fromEntries(names) },
  };
}

/** Whatever reads them reduces them at once, and whoever keeps them makes sure of it. */
const reduced = new WeakSet<KubernetesObject>();

/**
 * What facts need of an object; undefined: nothing. A thousand databases are
 * kept in memory this way.
 */
export function reduceObject(
  object: KubernetesObject,
): KubernetesObject | undefined {
  if (reduced.has(object)) return object;
  const result = reduce(object);
  if (result) reduced.add(result);
  return result;
}

function reduce(object: KubernetesObject): KubernetesObject | undefined {
  if (typeof object?.metadata?.name !== 'string') return undefined;
  if (object.kind === 'Event' && object.type !== 'Warning') return undefined;
  const byKind = BY_KIND[object.kind];
  const { managedFields: _all, selfLink, ...metadata } = object.metadata;
  const { annotations } = metadata;
  const managedFields = ownFieldsOf(object);
  return {
    ...(byKind ? byKind(object) : object),
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: {
      ...metadata,
      ...(annotations && { annotations: without(annotations, [LAST_APPLIED]) }),
      ...(managedFields && { managedFields }),
    },
  };
}

function podSpec(spec: unknown): Fields {
  const { containers, initContainers, ...rest } = without(spec, POD_LUGGAGE);
  return {
    ...rest,
    containers: list(containers).map(reduceContainer),
    ...(initContainers && {
      initContainers: list(initContainers).map(reduceContainer),
    }),
  };
}

/** Of pods to be: also what they mount, and what their operator has them start with. */
function templateSpec(spec: unknown): Fields {
  const { volumes, initContainers } = fields(spec);
  return {
    ...podSpec(spec),
    ...(volumes && { volumes }),
    ...(initContainers && {
      initContainers: list(initContainers).map(container => {
        const kept = list(fields(container).env)
          .map(fields)
          .filter(({ name }) => name === KEPT_VARIABLE)
          .map(variable => ({
            ...variable,
            value: maskDocument(String(variable.value)),
          }));
        return {
          ...reduceContainer(container),
          ...(kept.length > 0 && { env: kept }),
        };
      }),
    }),
  };
}

function reduceContainer(container: unknown): Fields {
  return without(container, CONTAINER_LUGGAGE);
}

function without(object: unknown, names: readonly string[]): Fields {
  const kept = { ...fields(object) };
  names.forEach(name => delete kept[name]);
  return kept;
}

function fields(object: unknown): Fields {
  return isObject(object) ? object : {};
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
