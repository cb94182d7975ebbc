import {
  commonLabels,
  createApplicationRole,
  createSuperuser,
  disablePublicLogin,
  names,
  podSelector,
  replicateAuth,
  ringIsUp,
  statefulSetRolledOut,
  toManifest,
  type Action,
  type IConfigMap,
  type IPodDisruptionBudget,
  type IService,
  type IServiceAccount,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION, CONTAINER } from '../application';
import type { StageContext } from '../context';
import { objectRefs } from '../objects';
import { PUBLIC_LOGIN } from '../observation';
import { CQL_PORT, STORAGE_PORT, STORAGE_TLS_PORT } from '../ports';
import { SETTINGS_FILE, settingsText } from '../settings';
import type { ScylladbAmbientSpec } from '../spec';
import { statefulSet } from '../statefulSet';
import { releaseLineOf } from '../versions';

const MINUTE_MS = 60_000;

/** For each node: pulling the image, and joining, which the ring does one by one. */
const JOIN_TIMEOUT_MS = 5 * MINUTE_MS;

/** The ring and its logins, before there is a way in. */
export function databaseStage({ spec }: StageContext): Stage {
  const timeoutMs = 5 * MINUTE_MS + spec.replicas * JOIN_TIMEOUT_MS;
  return {
    name: 'database',
    title: 'ScyllaDB ring',
    manifests: observed => [
      toManifest(settings(spec)),
      toManifest(serviceAccount(spec)),
      toManifest(headlessService(spec)),
      toManifest(cqlService(spec)),
      toManifest(disruptionBudget(spec)),
      toManifest(statefulSet(spec, observed)),
    ],
    actions: roleActions(spec),
    waits: [
      {
        ...statefulSetRolledOut(objectRefs(spec).statefulSet, { timeoutMs }),
        when: 'before-actions',
      },
      ringIsUp(spec, {
        container: CONTAINER,
        replicas: spec.replicas,
        timeoutMs: 5 * MINUTE_MS,
      }),
    ],
  };
}

/**
 * The superuser first, since it makes the rest. The replication of roles comes
 * before the public login is disabled, so that there is a login at any moment.
 */
function roleActions(spec: ScylladbAmbientSpec): Action[] {
  const port = CQL_PORT;
  const replication = replicateAuth(spec, {
    port,
    container: CONTAINER,
    datacenter: spec.datacenter,
    replicas: spec.replicas,
  });
  const application = createApplicationRole(spec, { port });
  if (!releaseLineOf(spec.version).makesPublicSuperuser) {
    return [replication, application];
  }
  return [
    createSuperuser(spec, PUBLIC_LOGIN, { port }),
    replication,
    disablePublicLogin(spec, PUBLIC_LOGIN, { port }),
    application,
  ];
}

function meta(spec: ScylladbAmbientSpec, name: string) {
  return {
    name,
    namespace: spec.namespace,
    labels: commonLabels(spec, APPLICATION),
  };
}

function settings(spec: ScylladbAmbientSpec): IConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: meta(spec, names.settings(spec)),
    data: { [SETTINGS_FILE]: settingsText(spec) },
  };
}

/** The nodes' identity in the mesh; they ask nothing of the API server. */
function serviceAccount(spec: ScylladbAmbientSpec): IServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: meta(spec, names.ring(spec)),
    automountServiceAccountToken: false,
  };
}

/** Names for the nodes, also before they are ready: they find each other by these. */
function headlessService(spec: ScylladbAmbientSpec): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(spec, names.ring(spec)),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: podSelector(spec, APPLICATION),
      ports: [
        tcpPort('tcp-cql', CQL_PORT),
        tcpPort('tcp-internode', STORAGE_PORT),
        tcpPort('tcp-internode-tls', STORAGE_TLS_PORT),
      ],
    },
  };
}

/** What the route and clients inside the mesh dial: ready nodes alone. */
function cqlService(spec: ScylladbAmbientSpec): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(spec, names.cql(spec)),
    spec: {
      type: 'ClusterIP',
      selector: podSelector(spec, APPLICATION),
      ports: [tcpPort('tcp-cql', CQL_PORT)],
    },
  };
}

/** The prefix tells Istio not to guess the protocol. */
function tcpPort(name: `tcp-${string}`, port: number) {
  return { name, port, targetPort: port, protocol: 'TCP' as const };
}

function disruptionBudget(spec: ScylladbAmbientSpec): IPodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: meta(spec, names.ring(spec)),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: podSelector(spec, APPLICATION) },
    },
  };
}
