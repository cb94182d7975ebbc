import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { CQL_PORT, THIN_CLIENT_PORT } from '@ringfence/data-plane';
import { NODE_NAMES, nodeOf } from '../nodes';
import type { AddressPool } from '../runtime/AddressPool';
import {
  missingMounts,
  readAuthentication,
  readDatabasePod,
  readSuperuser,
  type DatabasePod,
} from '../runtime/databasePod';
import { ringKeyOf } from '../runtime/podRuntime';
import type { RingDefinition, Rings } from '../runtime/Rings';
import { SIMULATED_ANNOTATION } from '../runtime/words';
import type { ControllerContext } from './context';
import { podStatus, type WantedStatus } from './podStatus';
import { hasSidecar } from './sidecars/injection';
import {
  itself,
  refOfKey,
  startController,
  type Requeue,
  type RunningController,
} from './controller';

const selector = { apiVersion: 'v1', kind: 'Pod' };

/** How often to look for Secrets, claims and configuration that a pod waits for. */
const MOUNT_RETRY_MS = 200;
/** How often to see whether a node still runs. */
const PROBE_EVERY_MS = 2_000;

export interface KubeletContext extends ControllerContext {
  readonly rings: Rings;
  readonly addresses: AddressPool;
  /**
   * Whether the node of a pod (`<namespace>/<pod>`) may run; one that may not
   * stays down.
   *
   * @defaultValue all may
   */
  readonly mayRun?: (pod: string) => boolean;
  /** Logins and settings of a pod that an operator looks after; undefined of all others. */
  readonly operated?: (
    pod: KubernetesObject,
  ) => Promise<
    Pick<RingDefinition, 'superuser' | 'settings' | 'jvmOptions'> | undefined
  >;
}

/** Who holds the address of a pod. */
export function podAddressHolder(namespace: string, pod: string): string {
  return `pod ${namespace}/${pod}`;
}

class Kubelet {
  readonly #context: KubeletContext;
  /** Rings that pods have run in, by `<namespace>/<pod>`: a deleted pod no longer says. */
  readonly #ringOf = new Map<string, string>();
  /** Uids of the pods whose node was started for them. */
  readonly #started = new Map<string, string>();

  constructor(context: KubeletContext) {
    this.#context = context;
  }

  async reconcile(key: string): Promise<Requeue | void> {
    const pod = await this.#context.kubernetes.get(refOfKey(selector, key));
    if (!pod) return this.#stopNode(key);
    const ringKey = ringKeyOf(pod);
    if (!ringKey) return undefined;
    if (this.#context.kubernetesControllers) {
      if (!exposesDatabase(pod) || !pod.spec.nodeName) return undefined;
      if (pod.metadata.deletionTimestamp) return this.#stopNode(key);
    }
    if (this.#started.has(key) && this.#started.get(key) !== pod.metadata.uid) {
      await this.#stopNode(key);
    }
    const blocked = await this.#blockedBy(pod);
    if (blocked) {
      await this.#writeStatus(pod, { phase: 'Pending', waiting: blocked });
      return { afterMs: MOUNT_RETRY_MS };
    }
    if (hasSidecar(pod) && !startedBefore(pod)) {
      // The API server tells of this change, and the rest begins.
      await this.#writeStatus(pod, { phase: 'Pending', initializing: true });
      return undefined;
    }
    const database = readDatabasePod(pod);
    if (database) return this.#runNode(key, ringKey, pod, database);
    await this.#writeStatus(pod, { phase: 'Running', ready: true });
    return undefined;
  }

  /** Why a pod cannot start, in the scheduler's or the kubelet's words. */
  async #blockedBy(pod: KubernetesObject): Promise<string | undefined> {
    const { kubernetes, kubernetesControllers } = this.#context;
    const { namespace } = pod.metadata;
    for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
      // A scheduler does not place such a pod.
      if (!persistentVolumeClaim || kubernetesControllers) continue;
      const name = persistentVolumeClaim.claimName;
      const ref = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace,
        name,
      };
      const claim = await kubernetes.get(ref);
      if (claim?.status?.phase !== 'Bound') {
        return `0/${NODE_NAMES.length} nodes are available: pod has unbound immediate PersistentVolumeClaims.`;
      }
    }
    const [missing] = await missingMounts(kubernetes, pod);
    return missing && `MountVolume.SetUp failed: ${missing}`;
  }

  async #runNode(
    key: string,
    ringKey: string,
    pod: KubernetesObject,
    database: DatabasePod,
  ): Promise<Requeue> {
    const { name, namespace } = pod.metadata;
    const address = this.#addressOf(namespace!, name);
    const { ring, simulated } = await this.#context.rings.ensure(ringKey, {
      namespace: namespace!,
      pod: database,
      manifest: pod,
      ...(await this.#expectedNodes(pod, ringKey)),
      ...(await this.#readLogins(pod, database)),
    });
    this.#ringOf.set(key, ringKey);
    await this.#describe(namespace!, simulated);
    if (!ring.nodes.some(node => node.name === name))
      ring.addNode({ name, address });
    const state = ring.nodes.find(node => node.name === name)?.state;
    if (state !== 'up' && this.#context.mayRun?.(key) === false) {
      await this.#writeStatus(pod, { phase: 'Running', ready: false });
      return { afterMs: PROBE_EVERY_MS };
    }
    if (state !== 'up') {
      const restarted = this.#started.get(key) === pod.metadata.uid;
      this.#started.set(key, pod.metadata.uid!);
      await this.#writeStatus(pod, {
        phase: 'Running',
        ready: false,
        restarted,
      });
      await ring.startNode(name);
      return { afterMs: 0 };
    }
    await this.#writeStatus(pod, { phase: 'Running', ready: true });
    return { afterMs: PROBE_EVERY_MS };
  }

  async #readLogins(pod: KubernetesObject, { product }: DatabasePod) {
    const { kubernetes } = this.#context;
    if (product === 'ignite') return {};
    const operated = await this.#context.operated?.(pod);
    if (operated) return operated;
    return product === 'cassandra'
      ? { authentication: await readAuthentication(kubernetes, pod) }
      : { superuser: await readSuperuser(kubernetes, pod) };
  }

  /** Says on the Namespace what of its database is imitated; one that is gone meanwhile stays gone. */
  async #describe(name: string, simulated: string): Promise<void> {
    const kubernetes = this.#context.kubernetes.as('sandbox', { force: true });
    const ref = { apiVersion: 'v1', kind: 'Namespace' };
    const namespace = await kubernetes.get({ ...ref, name });
    if (!namespace) return;
    const { uid, resourceVersion } = namespace.metadata;
    const annotations = { [SIMULATED_ANNOTATION]: simulated };
    await kubernetes.apply({
      ...ref,
      metadata: { name, uid, resourceVersion, annotations },
    });
  }

  #addressOf(namespace: string, pod: string): string {
    return this.#context.addresses.take(podAddressHolder(namespace, pod));
  }

  /** All nodes that the StatefulSet asks for, so that they know each other from the start. */
  async #expectedNodes(pod: KubernetesObject, ringKey: string) {
    const ref = refOfKey(
      { apiVersion: 'apps/v1', kind: 'StatefulSet' },
      ringKey,
    );
    const set = await this.#context.kubernetes.get(ref);
    const { namespace } = pod.metadata;
    const names = Array.from(
      { length: set?.spec?.replicas ?? 1 },
      (_, ordinal) => `${ref.name}-${ordinal}`,
    );
    return {
      together: set?.spec?.podManagementPolicy === 'Parallel',
      nodes: names.map(name => ({
        name,
        address: this.#addressOf(namespace!, name),
      })),
    };
  }

  async #stopNode(key: string): Promise<void> {
    this.#started.delete(key);
    const ring = await this.#context.rings.get(this.#ringOf.get(key) ?? '');
    const name = key.slice(key.indexOf('/') + 1);
    const running = ring?.nodes.some(
      node => node.name === name && node.state !== 'stopped',
    );
    if (running) await ring!.stopNode(name);
  }

  async #writeStatus(
    pod: KubernetesObject,
    wanted: Omit<WantedStatus, 'address'>,
  ): Promise<KubernetesObject> {
    const { kubernetes } = this.#context;
    const { name, namespace } = pod.metadata;
    const placed = await this.#placed(pod);
    const address =
      wanted.phase === 'Running' || wanted.initializing
        ? this.#addressOf(namespace!, name)
        : undefined;
    return kubernetes.updateStatus({
      ...placed,
      status: podStatus(placed, { ...wanted, address }, this.#context.now()),
    });
  }

  /** The pod on a node; the scheduler's work where there is none. */
  async #placed(pod: KubernetesObject): Promise<KubernetesObject> {
    const { kubernetes, kubernetesControllers } = this.#context;
    if (kubernetesControllers) return pod;
    const { name, namespace, uid, resourceVersion } = pod.metadata;
    // The node's own field: another manager than the one that made the pod.
    return kubernetes.apply({
      ...selector,
      metadata: { name, namespace, uid, resourceVersion },
      spec: { nodeName: nodeOf(name) },
    });
  }
}

/** Whether its sidecar runs: containers begin after that. */
function startedBefore({ status }: KubernetesObject): boolean {
  const statuses: any[] = status?.initContainerStatuses ?? [];
  return statuses.length > 0 && statuses.every(({ ready }) => ready);
}

const DATABASE_PORTS: readonly number[] = [CQL_PORT, THIN_CLIENT_PORT];

function exposesDatabase(pod: KubernetesObject): boolean {
  const containers: any[] = pod.spec.containers;
  return containers.some(({ ports = [] }) =>
    ports.some(({ containerPort }: any) =>
      DATABASE_PORTS.includes(containerPort),
    ),
  );
}

/** Runs the pods of StatefulSets: a database's pod as a node of its ring, others as nothing at all. */
export function startKubelet(context: KubeletContext): RunningController {
  const kubernetes = context.kubernetes.as('kubelet', { force: true });
  const kubelet = new Kubelet({ ...context, kubernetes });
  return startController({
    name: 'kubelet',
    kubernetes,
    log: context.log,
    watches: [{ ...selector, concerns: itself }],
    reconcile: key => kubelet.reconcile(key),
  });
}
