import { readFile } from 'node:fs/promises';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { CQL_PORT, THIN_CLIENT_PORT, type Flow } from '@ringfence/data-plane';
import type { MeshTelemetry } from '../runtime/MeshTelemetry';
import type { ControllerContext } from './context';
import type { RunningController } from './controller';
import { workloadOf } from './gateways';
import { hasSidecar, MeshRules } from './sidecars';

const EVERY_MS = 1_000;
/** Where nodes speak to each other: of a ring, and of an Ignite cluster. */
const NODE_PORTS: readonly number[] = [7000, 47100, 47500];
const PORTS = [...NODE_PORTS, CQL_PORT, THIN_CLIENT_PORT];
const ESTABLISHED = '01';
const LOCALHOST = '127.0.0.1';
const TABLE = '/proc/net/tcp';

/** One end of a connection of this machine. */
interface End {
  readonly ip: string;
  readonly port: number;
}

/** Little-endian: `0100007F:1B58` is 127.0.0.1:7000. */
function readEnd(text: string): End {
  const [address, port] = text.split(':');
  const bytes = address.match(/../g)!.reverse();
  const ip = bytes.map(byte => parseInt(byte, 16)).join('.');
  return { ip, port: parseInt(port, 16) };
}

/** Open connections that somebody accepted at one of the ports, by `address:port`. */
async function readAccepted(): Promise<Map<string, End[]>> {
  const [, ...rows] = (await readFile(TABLE, 'utf8')).split('\n');
  const accepted = new Map<string, End[]>();
  for (const row of rows) {
    const [, local, remote, state] = row.trim().split(/\s+/);
    if (state !== ESTABLISHED) continue;
    const { ip, port } = readEnd(local);
    if (!PORTS.includes(port)) continue;
    const key = `${ip}:${port}`;
    accepted.set(key, [...(accepted.get(key) ?? []), readEnd(remote)]);
  }
  return accepted;
}

/** What was counted of one connection, and by which proxy. */
type Counted = ReadonlyArray<{ readonly at: string; readonly flow: Flow }>;

interface ConnectionsContext extends ControllerContext {
  readonly telemetry: MeshTelemetry;
}

/** Sees connections come and go, and counts them as the proxies at both ends would. */
class Connections {
  readonly #context: ConnectionsContext;
  /** By `address:port` and the other end. */
  readonly #open = new Map<string, Map<string, Counted>>();

  constructor(context: ConnectionsContext) {
    this.#context = context;
  }

  async count(): Promise<void> {
    const accepted = await readAccepted();
    if (accepted.size === 0 && this.#open.size === 0) return;
    const { kubernetes } = this.#context;
    const pods = (
      await kubernetes.list({ apiVersion: 'v1', kind: 'Pod' })
    ).filter(({ status }) => status?.podIP);
    for (const pod of pods) {
      for (const port of PORTS) {
        const key = `${pod.status.podIP}:${port}`;
        const ends = accepted.get(key) ?? [];
        if (ends.length === 0 && !this.#open.has(key)) continue;
        await this.#compare(key, ends, { pod, port, pods });
      }
    }
  }

  async #compare(key: string, ends: readonly End[], at: Arrival) {
    const before = this.#open.get(key) ?? new Map<string, Counted>();
    const now = new Map<string, Counted>();
    let rules: MeshRules | undefined;
    for (const end of ends) {
      const name = `${end.ip}:${end.port}`;
      let counted = before.get(name);
      if (!counted) {
        const { namespace } = at.pod.metadata;
        rules ??= await MeshRules.read(this.#context.kubernetes, namespace!);
        counted = flowsOf(at, end, rules);
        this.#record(counted, { opened: 1 });
      }
      now.set(name, counted);
    }
    for (const [name, counted] of before) {
      if (!now.has(name)) this.#record(counted, { opened: 0, closed: 1 });
    }
    if (now.size > 0) this.#open.set(key, now);
    else this.#open.delete(key);
  }

  #record(counted: Counted, totals: { opened: number; closed?: number }) {
    for (const { at, flow } of counted) {
      this.#context.telemetry.ofAddress(at).record(flow, totals);
    }
  }
}

/** Where a connection arrived, among which pods. */
interface Arrival {
  readonly pod: KubernetesObject;
  readonly port: number;
  readonly pods: readonly KubernetesObject[];
}

const isCaptured = ({ metadata }: KubernetesObject) =>
  metadata.annotations?.['ambient.istio.io/redirection'] === 'enabled';

const isSame = (
  a: ReturnType<typeof workloadOf>,
  b: ReturnType<typeof workloadOf>,
) => a.workload === b.workload && a.namespace === b.namespace;

function flowsOf(at: Arrival, from: End, rules: MeshRules): Counted {
  const own = workloadOf(at.pod);
  const ring = at.pods.filter(pod => isSame(workloadOf(pod), own));
  return ring.some(hasSidecar)
    ? sidecarFlows(at, sourceOf(at, from, ring), rules)
    : ztunnelFlows(at);
}

/** Of a ring in ambient mode: nodes among themselves; the gateway counts its own. */
function ztunnelFlows({ pod, port }: Arrival): Counted {
  if (!NODE_PORTS.includes(port)) return [];
  const flow: Flow = {
    source: workloadOf(pod),
    destination: workloadOf(pod),
    securityPolicy: isCaptured(pod) ? 'mutual_tls' : 'unknown',
  };
  return [{ at: pod.status.podIP, flow }];
}

/** A pod, somebody outside of the mesh, or nobody of interest. */
type Source = KubernetesObject | 'outside' | undefined;

/**
 * Who a connection is from. Most programs leave the choice of their address to
 * the kernel, which says nothing then: at the ring's port it is one of the
 * other nodes; at the clients' it is the gateway, which counts by itself, or a
 * port-forward, which no sidecar sees.
 */
function sourceOf(
  { pod, port, pods }: Arrival,
  { ip, port: otherPort }: End,
  ring: readonly KubernetesObject[],
): Source {
  const saysNothing = ip === pod.status.podIP || ip === LOCALHOST;
  if (!saysNothing) {
    return pods.find(({ status }) => status.podIP === ip) ?? 'outside';
  }
  if (!NODE_PORTS.includes(port)) return undefined;
  const others = ring.filter(it => it.metadata.uid !== pod.metadata.uid);
  return others[otherPort % others.length];
}

function sidecarFlows(
  { pod, port }: Arrival,
  source: Source,
  rules: MeshRules,
): Counted {
  if (!source) return [];
  const destinationService = rules.serviceOf(pod, port);
  const fromSidecar = source !== 'outside' && hasSidecar(source);
  const isSecured =
    fromSidecar &&
    hasSidecar(pod) &&
    destinationService !== undefined &&
    rules.speaksTls(destinationService);
  const flow = {
    source:
      source === 'outside'
        ? { workload: 'unknown', namespace: 'unknown' }
        : workloadOf(source),
    destination: workloadOf(pod),
    destinationService,
    securityPolicy: isSecured ? 'mutual_tls' : 'unknown',
  } as const;
  const isTaken =
    hasSidecar(pod) && (isSecured || rules.takesPlaintext(pod, port));
  return [
    ...(isTaken
      ? [
          {
            at: pod.status.podIP,
            flow: { ...flow, reporters: ['destination'] as const },
          },
        ]
      : []),
    ...(fromSidecar
      ? [
          {
            at: source.status.podIP,
            flow: { ...flow, reporters: ['source'] as const },
          },
        ]
      : []),
  ];
}

/**
 * Counts the connections among a ring's nodes, and those that come to them past
 * their gateway, from this machine's own table. Bytes it does not know.
 */
export function startConnections(
  context: ConnectionsContext,
): RunningController {
  const connections = new Connections(context);
  let counting: Promise<void> = Promise.resolve();
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    counting = connections
      .count()
      .catch(error => {
        // Only Linux has such a table, and real rings.
        if (error.code === 'ENOENT') clearInterval(timer);
        context.log.debug(`Connections are not counted: ${error.message}`);
      })
      .finally(() => {
        isBusy = false;
      });
  }, EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await counting;
    },
  };
}
