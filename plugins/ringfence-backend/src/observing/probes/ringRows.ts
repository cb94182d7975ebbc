/** A row of a system table. */
export type Row = Readonly<Record<string, unknown>>;

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A value as text; undefined: there is none. */
export function textOf(value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

/**
 * The letter that nodetool has for a status; `?` for one that it has not.
 *
 * @param status - such as `NORMAL`, of ScyllaDB, or `NORMAL,-140...`, of Cassandra's gossip
 */
export function stateLetter(status: string): string {
  const [word] = status.toLowerCase().split(',');
  // A node that is shut down, or builds its data anew, has its place in the ring.
  if (/^(normal|shutdown|hibernate|rebuild)/.test(word)) return 'N';
  if (/^(boot|join|replac)/.test(word)) return 'J';
  if (/^(leav|decommission|remov|left_token_ring)/.test(word)) return 'L';
  return /^mov/.test(word) ? 'M' : '?';
}

/** The load in nodetool's words; nothing where the node has not said. */
export function bytesText(value: unknown): { load?: string } {
  const text = textOf(value);
  let amount = Number(text);
  if (!text || !Number.isFinite(amount)) return {};
  let unit = 0;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return { load: `${Number(amount.toFixed(2))} ${UNITS[unit]}` };
}
