import type {
  CqlSession,
  SchemaVersion,
} from '@ringfence/backstage-plugin-ringfence-node';
import { viaClients, type ProbeContext } from './Probe';

/** As `nodetool describecluster` calls the version of nodes that cannot be asked. */
const UNREACHABLE = 'UNREACHABLE';

type Row = Record<string, unknown>;

/**
 * Each schema version with the nodes that have it, as the node knows that a
 * client is led to.
 *
 * @throws Error where there is no session
 */
export async function probeSchemas(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<readonly SchemaVersion[]> {
  const { applicationRoleSecret } = context.access;
  const opening = context.tools.cql(
    { secret: applicationRoleSecret },
    viaClients(context),
  );
  // One that comes about after the time is over has no reader.
  signal.addEventListener('abort', () => closeOnceOpen(opening), {
    once: true,
  });
  const session = await opening;
  try {
    const [local] = await session.execute(
      'SELECT broadcast_address, rpc_address, schema_version FROM system.local',
    );
    const peers = await session.execute(
      'SELECT peer, schema_version FROM system.peers',
    );
    return byVersion([
      [addressOf(local, ['broadcast_address', 'rpc_address']), local],
      ...peers.map(row => [addressOf(row, ['peer']), row] as const),
    ]);
  } finally {
    await session.close();
  }
}

function closeOnceOpen(opening: Promise<CqlSession>): void {
  opening.then(session => session.close()).catch(() => {});
}

function byVersion(
  rows: ReadonlyArray<readonly [address: string, row: Row | undefined]>,
): SchemaVersion[] {
  const versions = new Map<string, string[]>();
  for (const [address, row] of rows) {
    const version = row?.schema_version
      ? String(row.schema_version)
      : UNREACHABLE;
    versions.set(version, [...(versions.get(version) ?? []), address]);
  }
  return [...versions].map(([version, nodes]) => ({ version, nodes }));
}

function addressOf(row: Row | undefined, columns: readonly string[]): string {
  const column = columns.find(name => row?.[name]);
  return column ? String(row![column]) : 'unknown';
}
