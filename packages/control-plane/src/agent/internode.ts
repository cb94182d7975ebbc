import { readFile } from 'node:fs/promises';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import {
  workloadOf,
  type ControllerContext,
  type MeshTelemetry,
  type RunningController,
} from '@ringfence/sandbox/controllers';

const EVERY_MS = 1_000;
const STORAGE_PORT = 7000;
const ESTABLISHED = '01';

/** Open connections that somebody accepted at an address and port of this machine. */
async function acceptedAt(port: number): Promise<Map<string, Set<string>>> {
  const [, ...rows] = (await readFile('/proc/net/tcp', 'utf8')).split('\n');
  const accepted = new Map<string, Set<string>>();
  for (const row of rows) {
    const [, local, remote, state] = row.trim().split(/\s+/);
    if (state !== ESTABLISHED) continue;
    const [address, hexPort] = local.split(':');
    if (parseInt(hexPort, 16) !== port) continue;
    // Little-endian: 0100007F is 127.0.0.1.
    const ip = address
      .match(/../g)!
      .reverse()
      .map(byte => parseInt(byte, 16));
    const key = ip.join('.');
    accepted.set(key, (accepted.get(key) ?? new Set()).add(remote));
  }
  return accepted;
}

/** Counts the connections of a ring's nodes among themselves as their ztunnels would. */
export function startInternode(
  context: ControllerContext & { readonly telemetry: MeshTelemetry },
): RunningController {
  const { kubernetes, telemetry, log } = context;
  const before = new Map<string, Set<string>>();
  const abort = new AbortController();
  const count = async () => {
    const accepted = await acceptedAt(STORAGE_PORT);
    if (accepted.size === 0 && before.size === 0) return;
    const pods = await kubernetes.list({ apiVersion: 'v1', kind: 'Pod' });
    for (const pod of pods) {
      const address = pod.status?.podIP;
      const open = accepted.get(address) ?? new Set<string>();
      const known = before.get(address) ?? new Set<string>();
      if (!address || (open.size === 0 && known.size === 0)) continue;
      before.set(address, open);
      const opened = [...open].filter(it => !known.has(it)).length;
      const closed = [...known].filter(it => !open.has(it)).length;
      record(telemetry, pod, { opened, closed });
    }
  };
  const timer = setInterval(() => {
    count().catch(error => {
      if (!abort.signal.aborted) log.debug(`Internode traffic: ${error}`);
    });
  }, EVERY_MS);
  return {
    async stop() {
      abort.abort();
      clearInterval(timer);
    },
  };
}

function record(
  telemetry: MeshTelemetry,
  pod: KubernetesObject,
  totals: { opened: number; closed: number },
) {
  if (totals.opened === 0 && totals.closed === 0) return;
  const captured =
    pod.metadata.annotations?.['ambient.istio.io/redirection'] === 'enabled';
  telemetry.ofAddress(pod.status.podIP).record(
    {
      source: workloadOf(pod),
      destination: workloadOf(pod),
      securityPolicy: captured ? 'mutual_tls' : 'unknown',
    },
    totals,
  );
}
