import type { TelemetryServer } from '@ringfence/data-plane';
import {
  dataPlane,
  itself,
  refOfKey,
  startController,
  type ControllerContext,
  type MeshTelemetry,
  type RunningController,
} from '@ringfence/sandbox/controllers';

const pods = { apiVersion: 'v1', kind: 'Pod' };

/** Ports on which a ztunnel answers. */
export const ZTUNNEL_PORTS = { stats: 15020, admin: 15000 } as const;

/** Whether a pod is a ztunnel. */
export function isZtunnel(pod: { metadata: { labels?: any } }): boolean {
  return pod.metadata.labels?.app === 'ztunnel';
}

/** Answers on the address of each ztunnel pod as the ztunnel of its node would. */
export function startZtunnels(
  context: ControllerContext & { readonly telemetry: MeshTelemetry },
): RunningController {
  const { kubernetes, telemetry } = context;
  const servers = new Map<string, TelemetryServer>();
  const controller = startController({
    name: 'ztunnels',
    kubernetes,
    log: context.log,
    watches: [{ ...pods, concerns: itself }],
    async reconcile(key) {
      const pod = await kubernetes.get(refOfKey(pods, key));
      const server = servers.get(key);
      if (!pod) {
        servers.delete(key);
        await server?.stop();
        return;
      }
      if (server || !isZtunnel(pod) || !pod.status?.podIP) return;
      const started = await dataPlane.startTelemetryServer({
        address: pod.status.podIP,
        statsPort: ZTUNNEL_PORTS.stats,
        adminPort: ZTUNNEL_PORTS.admin,
        telemetry: telemetry.ofNode(pod.spec.nodeName),
      });
      servers.set(key, started);
    },
  });
  return {
    async stop() {
      await controller.stop();
      await Promise.all([...servers.values()].map(server => server.stop()));
    },
  };
}
