import { setTimeout as delay } from 'node:timers/promises';
import type {
  CqlSession,
  RingNode,
} from '@ringfence/backstage-plugin-ringfence-node';
import { bytesText, stateLetter, textOf, type Row } from './ringRows';

/** A node that is up says so every second, and the others have heard of it a moment later. */
const EVERY_MS = 1_000;
/** One that nobody has heard of for this long counts as not known to be up. */
const SILENCE_MS = 10_000;

export interface GossipOptions {
  readonly everyMs?: number;
  readonly silenceMs?: number;
}

/**
 * The nodes as Cassandra's gossip knows them. It has no word for up and down;
 * but the heartbeat of a node that is up goes on, so it is read until all have
 * gone on. What has not within 10 s is `?`: the node asked does not hear of it.
 *
 * @throws where the role may not read `system_views.gossip_info`
 */
export async function readGossip(
  session: CqlSession,
  signal: AbortSignal,
  options: GossipOptions = {},
): Promise<RingNode[]> {
  const { everyMs = EVERY_MS, silenceMs = SILENCE_MS } = options;
  const before = heartbeats(await readMembers(session));
  const heard = new Set<string>();
  const endMs = performance.now() + silenceMs;
  for (;;) {
    await delay(everyMs, undefined, { signal });
    const rows = await readMembers(session);
    for (const [address, beat] of heartbeats(rows)) {
      if (before.get(address) !== beat) heard.add(address);
    }
    const isWaiting = rows.some(
      row => !isShutDown(row) && !heard.has(addressOf(row)),
    );
    if (!isWaiting || performance.now() >= endMs) {
      return rows.map(row => toNode(row, heard.has(addressOf(row))));
    }
  }
}

/** Those that belong to the ring: of the others gossip speaks for days. */
async function readMembers(session: CqlSession): Promise<Row[]> {
  const rows = await session.execute('SELECT * FROM system_views.gossip_info');
  return rows.filter(row => !/^(left|removed)/i.test(statusOf(row)));
}

function heartbeats(rows: readonly Row[]): Map<string, string> {
  return new Map(
    rows.map(row => [addressOf(row), `${row.generation} ${row.heartbeat}`]),
  );
}

function toNode(row: Row, isHeard: boolean): RingNode {
  const up = isHeard ? 'U' : '?';
  const { dc, rack, host_id: hostId, load } = row;
  return {
    address: addressOf(row),
    state: `${isShutDown(row) ? 'D' : up}${stateLetter(statusOf(row))}`,
    datacenter: textOf(dc) ?? '',
    ...(rack ? { rack: String(rack) } : {}),
    ...(hostId ? { hostId: String(hostId) } : {}),
    ...bytesText(load),
  };
}

/** It said goodbye, or takes no part on purpose. */
function isShutDown(row: Row): boolean {
  return /^(shutdown|hibernate)/i.test(statusOf(row));
}

/** Such as `NORMAL,-1405011044884702645`; in the older column only of nodes of older versions. */
function statusOf(row: Row): string {
  return textOf(row.status_with_port) ?? textOf(row.status) ?? '';
}

function addressOf({ address }: Row): string {
  return textOf(address) ?? 'unknown';
}
