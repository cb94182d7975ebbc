import { toError } from '@backstage/errors';
import type {
  CqlSession,
  Fact,
  RingNode,
  SchemaVersion,
} from '@ringfence/backstage-plugin-ringfence-node';
import { look, type Clock } from '../look';
import { readGossip } from './gossip';
import { viaClients, type ProbeContext } from './Probe';
import { bytesText, stateLetter, textOf, type Row } from './ringRows';
import { readSchemas } from './schemas';

/** Error code of a query on a table that is not there, and of one that may not be read. */
const INVALID = 0x2200;

/** What one session with the ring tells. */
export interface CqlRingAnswer {
  readonly ring: Fact<readonly RingNode[]>;
  readonly schemas: Fact<readonly SchemaVersion[]>;
}

/**
 * The ring's own view of its nodes and their schema, from the node that a
 * client is led to. As the superuser, since a role made for clients may not
 * read it; as that role where the superuser cannot log in, for the schema.
 *
 * @throws Error where there is no session, or no way from outside
 */
export async function probeCqlRing(
  context: ProbeContext,
  signal: AbortSignal,
  clock: Clock,
): Promise<CqlRingAnswer> {
  const session = await open(context, signal);
  try {
    const [ring, schemas] = await Promise.all([
      look(clock, () => readRing(session, signal)),
      look(clock, () => readSchemas(session)),
    ]);
    return { ring, schemas };
  } finally {
    await session.close();
  }
}

async function open(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<CqlSession> {
  const { superuserSecret } = context.observation;
  const { applicationRoleSecret } = context.access;
  if (!applicationRoleSecret) throw new Error('the database knows no logins');
  const openAs = async (secret: string) => {
    const opening = context.tools.cql({ secret }, viaClients(context));
    // One that comes about after the time is over has no reader.
    signal.addEventListener('abort', () => closeOnceOpen(opening), {
      once: true,
    });
    return opening;
  };
  if (!superuserSecret) return openAs(applicationRoleSecret);
  try {
    return await openAs(superuserSecret);
  } catch (error) {
    const { name } = toError(error);
    const isRefused = name === 'NotAllowedError' || name === 'NotFoundError';
    if (!isRefused) throw error;
    return openAs(applicationRoleSecret);
  }
}

function closeOnceOpen(opening: Promise<CqlSession>): void {
  opening.then(session => session.close()).catch(() => {});
}

/** ScyllaDB says of each node whether it is up; Cassandra shows its gossip. */
async function readRing(
  session: CqlSession,
  signal: AbortSignal,
): Promise<readonly RingNode[]> {
  try {
    // Columns differ from version to version.
    const rows = await session.execute('SELECT * FROM system.cluster_status');
    return rows.flatMap(toNode);
  } catch (error) {
    if ((error as { code?: unknown }).code !== INVALID) throw error;
    return readGossip(session, signal);
  }
}

function toNode(row: Row): RingNode[] {
  const { peer, dc, rack, up, host_id: hostId, load } = row;
  const status = textOf(row.status) ?? '';
  // One that has left the ring is told of for a while.
  if (/^left$/i.test(status)) return [];
  return [
    {
      address: textOf(peer) ?? 'unknown',
      state: `${upLetter(up)}${stateLetter(status)}`,
      datacenter: textOf(dc) ?? '',
      ...(rack ? { rack: String(rack) } : {}),
      ...(hostId ? { hostId: String(hostId) } : {}),
      ...bytesText(load),
    },
  ];
}

function upLetter(up: unknown): string {
  if (typeof up !== 'boolean') return '?';
  return up ? 'U' : 'D';
}
