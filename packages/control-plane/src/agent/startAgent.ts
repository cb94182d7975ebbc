import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  KubernetesCluster,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { findEnvoy, type Log } from '@ringfence/data-plane';
import {
  dataPlane,
  hasSidecar,
  MeshTelemetry,
  ROUTE_KINDS,
  Rings,
  SIDECAR_PORTS,
  startAuthorizationPolicies,
  startConnections,
  startGateways,
  startKubelet,
  startLoadBalancers,
  startMeshState,
  startPodCapture,
  startRingRetention,
  startRootCertificates,
  startRoutes,
  startSidecars,
  VERSIONS,
  type GatewaysContext,
  type KubeletContext,
  type RunningController,
} from '@ringfence/sandbox/controllers';
import { NODE_NAMES } from '../nodes';
import { createAddressPool } from './addresses';
import { POLICY_KINDS, readAdmission } from './admission';
import { AgentCluster } from './AgentCluster';
import { ApiWriter } from './ApiWriter';
import { Envoys } from './Envoys';
import { NODE_CONTAINER } from './cassOperator/containers';
import { readOperated } from './cassOperator/operatedPods';
import { DATACENTERS } from './cassOperator/datacenter';
import { startCassOperator } from './cassOperator/operator';
import { startCassandraTasks, TASKS } from './cassOperator/tasks';
import { Ignites } from './ignite/Ignites';
import { startInjector } from './injector';
import { startK8ssandraOperator } from './k8ssandraOperator/operator';
import { CLUSTERS } from './k8ssandraOperator/ring';
import { Mounts, startMounts } from './Mounts';
import { startNames } from './names';
import { Nodes } from './Nodes';
import { applyPlatform } from './platform';
import { startPodAccess } from './podAccess';
import { startProvisioner, startReclaimer } from './volumes';
import { isZtunnel, startZtunnels, ZTUNNEL_PORTS } from './ztunnels';

/** Rings that may run at a time: each node takes some 0.5 GB of memory. */
const MAX_RINGS = 2;
const simulated = (ring: string) =>
  `Control plane: Kubernetes, cert-manager, Envoy and ${ring} are real; Istio and the kubelets are imitated.`;

export interface AgentOptions {
  readonly kubernetes: KubernetesCluster;
  readonly kubeconfig: string;
  /** For what pods and gateways store. */
  readonly directory: string;
  readonly logDir: string;
  readonly log: Log;
}

/** What makes pods and gateways real. */
export interface Agent {
  /** SIGKILL of a pod's Cassandra; stays down until {@link startNode}. @param pod - `<namespace>/<pod>` */
  killNode(pod: string): Promise<void>;
  /** Lets the pod's Cassandra run again; the pod turns Ready when it answers. */
  startNode(pod: string): Promise<void>;
  /** SIGKILL of a Gateway's Envoy; stays down until {@link startEnvoy}. @param gateway - `<namespace>/<Gateway>` */
  killEnvoy(gateway: string): Promise<void>;
  startEnvoy(gateway: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts what a Kubernetes cluster has besides its control plane, on the real
 * API server: kubelets that run databases, Istio's gateways and mesh, volumes.
 *
 * @throws where Envoy, Cassandra or Ignite is missing
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { kubernetes, kubeconfig } = options;
  const writer = await ApiWriter.open(kubeconfig);
  const cluster = AgentCluster.over(kubernetes, writer);
  const mounts = new Mounts(kubernetes, join(options.directory, 'mounts'));
  const parts = await createParts(options, mounts);
  const { nodes, envoys, rings, ignites } = parts;
  const held = new Set<string>();
  const injector = await startInjector(options.log);
  await applyPlatform(cluster, injector.client);
  const controllers = startControllers(
    {
      ...parts,
      kubernetes: cluster,
      kubernetesControllers: true,
      log: options.log,
      now: () => new Date(),
      addresses: createAddressPool(),
      mayRun: pod => !held.has(pod),
      admission: readAdmission(kubernetes),
      alsoWatched: POLICY_KINDS,
      mounts,
      operated: readOperated(cluster, mounts),
    },
    parts,
    await cluster.discover(),
  );
  return {
    async killNode(pod) {
      held.add(pod);
      const address = await addressOf(kubernetes, pod);
      if (!(await ignites.kill(address))) await nodes.kill(address);
    },
    async startNode(pod) {
      held.delete(pod);
    },
    killEnvoy: gateway => envoys.kill(gateway),
    startEnvoy: gateway => envoys.start(gateway),
    async stop() {
      const stopping = controllers.map(controller => controller.stop());
      await Promise.all([...stopping, rings.stop()]);
      await ignites.stop();
      await injector.stop();
      writer.close();
    },
  };
}

/** What runs underneath: databases, gateways, and what the mesh counts. */
async function createParts(
  { kubernetes, directory, logDir, log }: AgentOptions,
  mounts: Mounts,
) {
  await mkdir(directory, { recursive: true });
  const telemetry = new MeshTelemetry(NODE_NAMES, { version: VERSIONS.istio });
  const nodes = new Nodes(join(directory, 'nodes'), log);
  const envoys = new Envoys({
    binary: await findEnvoy(),
    directory: join(directory, 'envoys'),
    logDir,
    telemetry,
    log,
  });
  const realDataPlane = {
    ...dataPlane,
    startCassandraRing: nodes.startRing,
    startGateway: envoys.startGateway,
  };
  const ignites = await Ignites.find({
    ...{ kubernetes, mounts, log, simulated },
    directory: join(directory, 'ignite'),
    hostsFile: nodes.hostsFile,
  });
  const rings = new Rings({
    dataPlane: realDataPlane,
    ignite: ignites.create,
    log,
    choose: () => 'cassandra',
    maxRealRings: MAX_RINGS,
    simulated,
  });
  return {
    ...{ telemetry, nodes, envoys, rings, ignites },
    dataPlane: realDataPlane,
  };
}

function startControllers(
  context: GatewaysContext &
    KubeletContext & {
      readonly telemetry: MeshTelemetry;
      readonly mounts: Mounts;
    },
  { nodes, ignites }: { readonly nodes: Nodes; readonly ignites: Ignites },
  { apis }: Awaited<ReturnType<KubernetesCluster['discover']>>,
): RunningController[] {
  // Where further definitions were installed.
  const serves = (wanted: string) => apis.some(({ kind }) => kind === wanted);
  return [
    startProvisioner(context),
    startReclaimer(context),
    startKubelet(context),
    ...(serves(DATACENTERS.kind)
      ? [
          startCassOperator(context),
          startMounts({ ...context, container: NODE_CONTAINER }),
        ]
      : []),
    ...(serves(TASKS.kind) ? [startCassandraTasks(context)] : []),
    ...(serves(CLUSTERS.kind) ? [startK8ssandraOperator(context)] : []),
    startRingRetention(context),
    startLoadBalancers(context),
    startGateways(context),
    ...ROUTE_KINDS.map(kind => startRoutes(context, kind)),
    startPodCapture(context),
    startAuthorizationPolicies(context),
    startMeshState(context),
    startZtunnels(context),
    startRootCertificates(context),
    startSidecars(context),
    startConnections(context),
    startNames({ ...context, hostsFile: nodes.hostsFile }),
    startPodAccess({
      ...context,
      commandDir: address =>
        nodes.commandDir(address) ?? ignites.commandDir(address),
      logFile: address => ignites.logFile(address),
      mountsOf: pod => context.mounts.pathOf(pod, ''),
      extraPorts: extraPortsOf,
    }),
  ];
}

/** Of Istio's proxies: their containers do not name them. */
function extraPortsOf(pod: KubernetesObject): readonly number[] {
  if (isZtunnel(pod)) return Object.values(ZTUNNEL_PORTS);
  return hasSidecar(pod) ? [SIDECAR_PORTS.stats] : [];
}

async function addressOf(
  kubernetes: KubernetesCluster,
  key: string,
): Promise<string> {
  const [namespace, name] = key.split('/');
  const pod = await kubernetes.get({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    name,
  });
  if (!pod?.status?.podIP) throw new Error(`Pod "${key}" has no address`);
  return pod.status.podIP;
}
