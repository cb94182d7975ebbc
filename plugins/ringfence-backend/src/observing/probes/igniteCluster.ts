import { toError } from '@backstage/errors';
import type {
  Fact,
  IgniteSession,
  IgniteState,
  Login,
  RingNode,
  SchemaVersion,
} from '@ringfence/backstage-plugin-ringfence-node';
import { podAddresses } from '../../checks/objects';
import { readyOutside } from '../../checks/topology';
import { count } from '../../checks/words';
import { look, notKnown, type Clock } from '../look';
import { viaClients, type ProbeContext } from './Probe';

/** What one session with an Ignite cluster tells. */
export interface IgniteClusterAnswer {
  readonly ring: Fact<readonly RingNode[]>;
  readonly clusterState: Fact<IgniteState>;
  readonly apart: Fact<readonly string[]>;
  readonly schemas: Fact<readonly SchemaVersion[]>;
}

/**
 * The cluster's state, and its nodes: those in the topology (`UJ` as long as they
 * are not in the baseline), and those of the baseline that are not in it. As the superuser, or as the application user where
 * that one cannot log in; a database without logins asks for nobody.
 *
 * @throws Error where there is no session, or no way from outside
 */
export async function probeIgniteCluster(
  context: ProbeContext,
  signal: AbortSignal,
  clock: Clock,
): Promise<IgniteClusterAnswer> {
  const session = await open(context, signal);
  try {
    const clusterState = await look(clock, () => session.state());
    const isInactive = clusterState.known && clusterState.value === 'INACTIVE';
    const ring = await look(clock, () =>
      isInactive ? tellInactive(session) : readNodes(session, context),
    );
    const apart = ring.known
      ? await look(clock, () => askOutside(context, ring.value, signal))
      : ring;
    return {
      ...{ ring, clusterState, apart },
      schemas: notKnown('Ignite tells no versions of a schema', clock()),
    };
  } finally {
    await session.close();
  }
}

async function open(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<IgniteSession> {
  const { superuserSecret } = context.observation;
  const { applicationRoleSecret } = context.access;
  const openAs = (login: Login) => {
    const opening = context.tools.ignite(login, viaClients(context));
    // One that comes about after the time is over has no reader.
    signal.addEventListener('abort', () => closeOnceOpen(opening), {
      once: true,
    });
    return opening;
  };
  if (!applicationRoleSecret) return openAs('anonymous');
  if (!superuserSecret) return openAs({ secret: applicationRoleSecret });
  try {
    return await openAs({ secret: superuserSecret });
  } catch (error) {
    const { name } = toError(error);
    const isRefused = name === 'NotAllowedError' || name === 'NotFoundError';
    if (!isRefused) throw error;
    return openAs({ secret: applicationRoleSecret });
  }
}

function closeOnceOpen(opening: Promise<IgniteSession>): void {
  opening.then(session => session.close()).catch(() => {});
}

/** A node that hangs must not take the time of what is known already. */
const OUTSIDE_TIMEOUT_MS = 3_000;

/**
 * Asks each pod that is ready and no node of the topology: one that has just
 * stopped does not answer, one that stands alone does.
 *
 * @throws Error where the pods cannot be read
 */
async function askOutside(
  { objects: { pods }, observation, tools }: ProbeContext,
  ring: readonly RingNode[],
  signal: AbortSignal,
): Promise<string[]> {
  if (!pods.known) throw new Error(pods.why);
  const outside = readyOutside(ring, pods.value);
  if (outside.length === 0) return [];
  const soon = AbortSignal.any([
    signal,
    AbortSignal.timeout(OUTSIDE_TIMEOUT_MS),
  ]);
  const found = await Promise.all(
    outside.map(async pod => {
      const via = { pod, port: observation.clientPort };
      const { outcome } = await tools.tryLogin('anonymous', via, {
        signal: soon,
      });
      return outcome === 'unreachable' ? [] : [pod];
    }),
  );
  return found.flat();
}

/** @throws always: who the nodes are only SQL tells */
async function tellInactive(session: IgniteSession): Promise<RingNode[]> {
  const nodes = await session.serverNodes();
  throw new Error(
    `the cluster of ${count(nodes, 'node')} is INACTIVE and answers no SQL`,
  );
}

async function readNodes(
  session: IgniteSession,
  context: ProbeContext,
): Promise<RingNode[]> {
  const members = await session.query(
    'SELECT CONSISTENT_ID, ADDRESSES FROM SYS.NODES WHERE IS_CLIENT = FALSE',
  );
  const baseline = await session.query(
    'SELECT CONSISTENT_ID, ONLINE FROM SYS.BASELINE_NODES',
  );
  const based = new Set(baseline.map(([id]) => String(id)));
  const there = members.map(([id, addresses]) => ({
    address: addressOf(String(addresses ?? ''), String(id), context),
    // One that is not in the baseline keeps no data yet.
    state: based.has(String(id)) || based.size === 0 ? 'UN' : 'UJ',
    datacenter: '',
    hostId: String(id),
  }));
  const known = new Set(there.map(({ hostId }) => hostId));
  const away = baseline
    .map(([id]) => String(id))
    .filter(id => !known.has(id))
    .map(id => ({
      address: lastAddressOf(id, context),
      state: 'DN',
      datacenter: '',
      hostId: id,
    }));
  return [...there, ...away];
}

/** Of the pod that the node is named after, since only nodes that are there tell theirs; else its name. */
function lastAddressOf(
  id: string,
  { objects: { pods } }: ProbeContext,
): string {
  const pod = pods.known
    ? pods.value.find(({ metadata }) => metadata.name === id)
    : undefined;
  const [address] = pod ? podAddresses(pod) : [];
  return address ?? id;
}

/**
 * The address of the node's pod among all that it listens on, such as
 * `[10.244.0.10, 127.0.0.1]`; its name where it tells none.
 */
function addressOf(
  text: string,
  id: string,
  { objects: { pods } }: ProbeContext,
): string {
  const addresses = text
    .split(/[[\],\s]+/)
    .filter(Boolean)
    // Java writes the scope of an IPv6 address after it.
    .map(address => address.split('%')[0]);
  const ofPods = pods.known ? pods.value.flatMap(podAddresses) : [];
  return (
    addresses.find(address => ofPods.includes(address)) ??
    addresses.find(
      address => !/^(127\.|::1$|0:0:0:0:0:0:0:1$)/.test(address),
    ) ??
    addresses[0] ??
    id
  );
}
