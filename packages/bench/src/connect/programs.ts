import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The programs that are measured against, and the packages of Debian that have them. */
export const PEERS = {
  haproxy: { program: 'haproxy', debian: 'haproxy' },
  stunnel: { program: 'stunnel4', debian: 'stunnel4' },
  java: { program: 'java', debian: 'default-jdk-headless' },
} as const;

/** Where each of {@link PEERS} is. */
export type PeerPaths = Record<keyof typeof PEERS, string>;

/** Debian has servers where users' paths do not look. */
const ALSO = ['/usr/sbin', '/usr/bin'];

/**
 * Finds the programs before anything is started.
 *
 * @throws Error that names all that are missing, and how to install them
 */
export async function findPeers(
  path = process.env.PATH ?? '',
  also: readonly string[] = ALSO,
): Promise<PeerPaths> {
  const folders = [...path.split(delimiter), ...also].filter(Boolean);
  const found: Partial<PeerPaths> = {};
  const missing: Array<(typeof PEERS)[keyof typeof PEERS]> = [];
  for (const [name, peer] of Object.entries(PEERS)) {
    const file = await firstOf(folders.map(it => join(it, peer.program)));
    if (file) found[name as keyof PeerPaths] = file;
    else missing.push(peer);
  }
  if (missing.length === 0) return found as PeerPaths;
  throw new Error(
    `Not installed: ${missing
      .map(({ program }) => program)
      .join(
        ', ',
      )}. The figures are ratios to them. On Debian: apt-get install ${missing
      .map(({ debian }) => debian)
      .join(' ')}`,
  );
}

async function firstOf(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const usable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return file;
  }
  return undefined;
}
