import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { TelemetryServer } from '@ringfence/data-plane';
import type { DataPlane } from '../../runtime/DataPlane';
import type { MeshTelemetry } from '../../runtime/MeshTelemetry';
import type { ControllerContext } from '../context';
import {
  itself,
  refOfKey,
  startController,
  type RunningController,
} from '../controller';
import { hasSidecar } from './injection';
import { SIDECAR_PORTS } from './template';

const pods = { apiVersion: 'v1', kind: 'Pod' };

interface RunningSidecar {
  /** Of its pod: another pod of the same name has a sidecar of its own. */
  readonly uid: string;
  readonly server: TelemetryServer;
}

/** Answers on the address of each pod with a sidecar as that would, once its pod has begun. */
export function startSidecars(
  context: ControllerContext & {
    readonly dataPlane: Pick<DataPlane, 'startTelemetryServer'>;
    readonly telemetry: MeshTelemetry;
  },
): RunningController {
  const { kubernetes, telemetry, dataPlane } = context;
  const running = new Map<string, RunningSidecar>();
  const stop = async (key: string) => {
    const sidecar = running.get(key);
    running.delete(key);
    if (!sidecar) return;
    telemetry.removeSidecar(sidecar.server.address);
    await sidecar.server.stop();
  };
  const controller = startController({
    name: 'sidecars',
    kubernetes,
    log: context.log,
    watches: [{ ...pods, concerns: itself }],
    async reconcile(key) {
      const pod = await kubernetes.get(refOfKey(pods, key));
      const sidecar = running.get(key);
      if (sidecar && sidecar.uid !== pod?.metadata.uid) await stop(key);
      if (!pod || running.has(key) || !runsSidecar(pod)) return;
      const address = pod.status.podIP;
      const server = await dataPlane.startTelemetryServer({
        address,
        statsPort: SIDECAR_PORTS.stats,
        telemetry: telemetry.addSidecar(address),
      });
      running.set(key, { uid: pod.metadata.uid!, server });
    },
  });
  return {
    async stop() {
      await controller.stop();
      await Promise.all([...running.keys()].map(stop));
    },
  };
}

function runsSidecar(pod: KubernetesObject): boolean {
  const { podIP, phase } = pod.status ?? {};
  return podIP && ['Pending', 'Running'].includes(phase) && hasSidecar(pod);
}
