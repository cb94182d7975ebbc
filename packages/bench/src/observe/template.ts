import {
  createBlueprintRegistry,
  createDatabaseTools,
  Provisioner,
} from '@ringfence/backstage-plugin-ringfence-backend';
import type {
  KubernetesCluster,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { NODE_NAMES } from '@ringfence/control-plane';
import { createSandbox, defaultKinds } from '@ringfence/sandbox';
import { httpText } from './http';

export const KUBERNETES_CLUSTER = 'control-plane';
/** Every database has this name, in a namespace of its own. */
export const DATABASE = 'orders';
/** Namespace of the one that all others are made after; the word is in no other text. */
export const TEMPLATE_NAMESPACE = 'bench-template';
/** All certificates are one, so all databases have one name in it. */
const HOSTNAME = 'orders.example.com';
const ISTIO_NAMESPACE = 'istio-system';
const STATS_PORT = 15020;
/** Nobody dials it. */
const SERVICE_ADDRESS = '10.96.0.99';
/** What the control plane has of its own. */
const NOT_TAKEN = [
  'Node',
  'CustomResourceDefinition',
  'MutatingWebhookConfiguration',
  'Event',
  'Lease',
];

/** A logger that says nothing. */
const silent = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => silent,
};

/** One database whose gateway, ring and mesh answer, and the platform it is on. */
export interface Template {
  readonly database: readonly KubernetesObject[];
  readonly platform: readonly KubernetesObject[];
  /** What `nodetool status` prints in its pods. */
  readonly nodetoolStatus: string;
  /** Addresses of its pods. */
  readonly podAddresses: readonly string[];
  /** What its nodes' ztunnels have counted, as one of them prints it. */
  readonly ztunnelMetrics: string;
  stop(): Promise<void>;
}

/**
 * Makes a database of three pods in the sandbox, whose gateway and ring are
 * real sockets: a stub answers CQL behind a TLS gateway.
 */
export async function startTemplate(): Promise<Template> {
  const sandbox = await createSandbox({
    name: KUBERNETES_CLUSTER,
    ring: () => ({ stub: 'for figures of observation' }),
  });
  try {
    await provision(sandbox.kubernetes);
    const objects = await readObjects(sandbox.kubernetes);
    const isOwn = ({ kind, metadata }: KubernetesObject) =>
      metadata.namespace === TEMPLATE_NAMESPACE ||
      (kind === 'Namespace' && metadata.name === TEMPLATE_NAMESPACE);
    const database = objects.filter(isOwn);
    const pods = podsOf(database);
    const nodetool = await sandbox.kubernetes.exec(
      { namespace: TEMPLATE_NAMESPACE, pod: pods[0].metadata.name },
      ['nodetool', 'status'],
    );
    return {
      database,
      platform: objects.filter(object => !isOwn(object)),
      nodetoolStatus: nodetool.stdout,
      podAddresses: pods.map(({ status }) => status.podIP),
      ztunnelMetrics: await ztunnelMetrics(objects),
      stop: () => sandbox.stop(),
    };
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

async function provision(kubernetes: KubernetesCluster): Promise<void> {
  const entry = { kubernetes, defaults: {} };
  const provisioner = new Provisioner({
    clusters: {
      listUsable: () => [entry],
      listUnusable: () => [],
      get: () => entry,
    },
    blueprints: createBlueprintRegistry(),
    createTools: createDatabaseTools,
    logger: silent,
  });
  const spec = {
    blueprint: 'scylladb-ambient',
    kubernetesCluster: KUBERNETES_CLUSTER,
    name: DATABASE,
    namespace: TEMPLATE_NAMESPACE,
    owner: 'group:default/payments',
    access: { hostname: HOSTNAME },
    certificate: { dnsNames: [HOSTNAME], internalNames: false },
  };
  const options = {
    signal: new AbortController().signal,
    actor: 'user:default/bench',
  };
  for await (const event of provisioner.provision(spec, options)) {
    if (event.type === 'failed') throw new Error(event.message);
  }
}

/** Everything there, as it would be on the control plane: with its nodes. */
async function readObjects(
  kubernetes: KubernetesCluster,
): Promise<KubernetesObject[]> {
  const kinds = defaultKinds.filter(({ kind }) => !NOT_TAKEN.includes(kind));
  const lists = await Promise.all(
    kinds.map(({ group, version, kind }) =>
      kubernetes.list({
        apiVersion: group ? `${group}/${version}` : version,
        kind,
      }),
    ),
  );
  const objects = lists.flat();
  const nodes = [
    ...new Set<string>(objects.flatMap(({ spec }) => spec?.nodeName ?? [])),
  ].sort();
  const renamed = nodes.reduce(
    (text, node, i) => text.replaceAll(node, NODE_NAMES[i]),
    JSON.stringify(objects),
  );
  return JSON.parse(renamed).map(asStored);
}

/** A real API server gives each Service an address, and says of which kind. */
function asStored(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Service') return object;
  const { clusterIP = SERVICE_ADDRESS, ...spec } = object.spec;
  return {
    ...object,
    spec: {
      ...spec,
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    },
  };
}

function podsOf(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.filter(
    ({ kind, metadata }) =>
      kind === 'Pod' &&
      metadata.name.startsWith(`${DATABASE}-`) &&
      /-\d+$/.test(metadata.name),
  );
}

/** What all ztunnels have counted, put together: gateway and nodes may be anywhere. */
async function ztunnelMetrics(
  objects: readonly KubernetesObject[],
): Promise<string> {
  const ztunnels = objects.filter(
    ({ kind, metadata }) =>
      kind === 'Pod' &&
      metadata.namespace === ISTIO_NAMESPACE &&
      metadata.labels?.app === 'ztunnel',
  );
  const texts = await Promise.all(
    ztunnels.map(({ status }) =>
      httpText(`http://${status.podIP}:${STATS_PORT}/stats/prometheus`),
    ),
  );
  return texts.reduce((a, b) => (b.length > a.length ? b : a), '');
}
