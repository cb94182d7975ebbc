import type {
  CqlSession,
  SchemaVersion,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Row } from './ringRows';

/** As `nodetool describecluster` calls the version of nodes that cannot be asked. */
const UNREACHABLE = 'UNREACHABLE';

/**
 * Each schema version with the nodes that have it, as the node knows that a
 * client is led to. Every role may read this.
 */
export async function readSchemas(
  session: CqlSession,
): Promise<readonly SchemaVersion[]> {
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
