import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import { silentLog, type Log } from '@ringfence/data-plane';
import {
  startAuthorizationPolicies,
  startMeshState,
  startPodCapture,
} from './controllers/ambient';
import {
  startCertificates,
  startIssuers,
  type DatesOverride,
} from './controllers/certificates';
import { isTrue } from './controllers/conditions';
import { startConnections } from './controllers/connections';
import type { RunningController } from './controllers/controller';
import { startEndpoints } from './controllers/endpoints';
import {
  ROUTE_KINDS,
  startGateways,
  startLoadBalancers,
  startRoutes,
  type GatewaysContext,
} from './controllers/gateways';
import { startKubelet, type KubeletContext } from './controllers/kubelet';
import { startNamespaces } from './controllers/namespaces';
import { startRingRetention } from './controllers/ringRetention';
import { startRootCertificates, startSidecars } from './controllers/sidecars';
import { startStatefulSets } from './controllers/statefulSets';
import { startVolumes } from './controllers/volumes';
import { NODE_NAMES } from './nodes';
import { platformManifests, VERSIONS } from './platform';
import { AddressPool } from './runtime/AddressPool';
import {
  dataPlane as realDataPlane,
  type DataPlane,
} from './runtime/DataPlane';
import { MeshTelemetry } from './runtime/MeshTelemetry';
import { createPodRuntime } from './runtime/podRuntime';
import { Rings, type IgniteDefinition, type RingChoice } from './runtime/Rings';
import { startStubIgnite } from './runtime/stubIgnite';
import { SANDBOX_SIMULATED } from './runtime/words';
import {
  createMemoryKubernetesCluster,
  type MemoryKubernetesCluster,
} from './store';

const ZTUNNEL_STATS_PORT = 15020;
const ZTUNNEL_ADMIN_PORT = 15000;

export interface SandboxOptions {
  /** Name of the Kubernetes cluster. @defaultValue 'sandbox' */
  readonly name?: string;
  /** @defaultValue nothing is written */
  readonly log?: Log;
  /** @defaultValue the system's clock */
  readonly now?: () => Date;
  /** Which kind of ring a namespace's database gets. @defaultValue Cassandra for all */
  readonly ring?: (namespace: string) => RingChoice;
  /** Real rings at a time, the databases after that get a stub. @defaultValue 1 */
  readonly maxRealRings?: number;
  /** Dates that certificates get instead of their own, with their renewal held back. */
  readonly overrideDates?: DatesOverride;
  /** @defaultValue the data plane of this repository */
  readonly dataPlane?: DataPlane;
}

/** A running sandbox. */
export interface Sandbox {
  readonly kubernetes: KubernetesCluster;
  /** The same objects as another field manager sees them, to play other people's tools. */
  as(manager: string, options?: { force?: boolean }): MemoryKubernetesCluster;
  /** Looks for Cassandra ahead of the first database: it may have to be downloaded. */
  prepareRings(): void;
  /** Ends every process, connection and timer; everything in it is gone. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a Kubernetes cluster in memory with Gateway API, cert-manager and
 * Istio imitated, and real certificates, gateways and databases underneath,
 * all on loopback.
 *
 * @throws where the system has no loopback addresses besides 127.0.0.1
 */
export async function createSandbox(
  options: SandboxOptions = {},
): Promise<Sandbox> {
  const {
    log = silentLog,
    now = () => new Date(),
    dataPlane = realDataPlane,
  } = options;
  const block = await dataPlane.allocateLoopbackBlock();
  const addresses = new AddressPool(block);
  const telemetry = new MeshTelemetry(NODE_NAMES, { version: VERSIONS.istio });
  const ztunnels = await startZtunnels(dataPlane, addresses, telemetry);
  const rings = new Rings({
    dataPlane,
    log,
    choose: options.ring ?? (() => 'cassandra'),
    maxRealRings: options.maxRealRings ?? 1,
    ignite: startIgnite,
  });
  const kubernetes: MemoryKubernetesCluster = createMemoryKubernetesCluster({
    name: options.name ?? 'sandbox',
    simulated: SANDBOX_SIMULATED,
    version: VERSIONS.kubernetes,
    now,
    objects: platformManifests(ztunnels.map(({ address }) => address)),
    pods: createPodRuntime(() => kubernetes, rings),
  });
  function startIgnite(definition: IgniteDefinition) {
    return startStubIgnite(definition, kubernetes);
  }
  const controllers = startControllers(
    { kubernetes, log, now, dataPlane, addresses, telemetry, rings },
    options,
  );
  await clusterIssuerReady(kubernetes);
  return {
    kubernetes,
    as: (manager, as) => kubernetes.as(manager, as),
    prepareRings: () => rings.prepare(),
    async stop() {
      await Promise.all([
        ...controllers.map(controller => controller.stop()),
        rings.stop(),
      ]);
      await Promise.all(ztunnels.map(ztunnel => ztunnel.stop()));
      await block.release();
    },
  };
}

/** Until it is, the Kubernetes cluster looks as if it offered no issuer. */
async function clusterIssuerReady(kubernetes: KubernetesCluster) {
  const issuers = { apiVersion: 'cert-manager.io/v1', kind: 'ClusterIssuer' };
  const { signal } = new AbortController();
  for await (const event of kubernetes.watch(issuers, { signal })) {
    if (event.type !== 'synced' && isTrue(event.object, 'Ready')) return;
  }
}

/** One for each node. */
function startZtunnels(
  dataPlane: DataPlane,
  addresses: AddressPool,
  telemetry: MeshTelemetry,
) {
  const starting = NODE_NAMES.map(node =>
    dataPlane.startTelemetryServer({
      address: addresses.take(`ztunnel ${node}`),
      statsPort: ZTUNNEL_STATS_PORT,
      adminPort: ZTUNNEL_ADMIN_PORT,
      telemetry: telemetry.ofNode(node),
    }),
  );
  return Promise.all(starting);
}

function startControllers(
  context: GatewaysContext &
    KubeletContext & { readonly telemetry: MeshTelemetry },
  { overrideDates }: SandboxOptions,
): RunningController[] {
  return [
    startNamespaces(context),
    startVolumes(context),
    startStatefulSets(context),
    startKubelet(context),
    startRingRetention(context),
    startEndpoints(context),
    startIssuers(context, 'Issuer'),
    startIssuers(context, 'ClusterIssuer'),
    startCertificates(context, { overrideDates }),
    startLoadBalancers(context),
    startGateways(context),
    ...ROUTE_KINDS.map(kind => startRoutes(context, kind)),
    startPodCapture(context),
    startAuthorizationPolicies(context),
    startMeshState(context),
    startRootCertificates(context),
    startSidecars(context),
    startConnections(context),
  ];
}
