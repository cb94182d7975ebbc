import type { Stats } from 'node:fs';

const WRITABLE_BY_ALL = 0o002;
const WRITABLE_BY_GROUP = 0o020;
/** In a folder of this mode nobody replaces a file of another, as in /tmp; files never have it. */
const STICKY = 0o1000;
const PERMISSIONS = 0o7777;

/** What is on disk: whose it is, and who may do what with it. */
export type Owned = Pick<Stats, 'mode' | 'uid' | 'gid'>;

/** Why something on disk cannot be trusted, and what to do. */
export interface Distrust {
  /** Such as "can be changed by every user of this machine (mode 0666)". */
  readonly why: string;
  readonly remedy: string;
}

/**
 * Who else could change what a bundle says: whoever writes its files decides
 * which CA is trusted.
 *
 * @param uid - of this process; undefined where the system has none
 */
export function distrust(
  path: string,
  stats: Owned,
  uid: number | undefined,
): Distrust | undefined {
  if (uid === undefined) return undefined;
  const writers = writersOf(stats);
  if (writers) {
    return {
      why: `can be changed by ${writers} (mode ${modeText(stats.mode)})`,
      remedy: `Make sure that nobody has changed it, or download the bundle again to a folder of your own; then: chmod go-w "${path}"`,
    };
  }
  // As root in a container one meets files of the host's users.
  if (uid === 0 || stats.uid === 0 || stats.uid === uid) return undefined;
  return {
    why: `belongs to another user (uid ${stats.uid}), and this runs as uid ${uid}`,
    remedy:
      'Download the bundle again as the user that runs ringfence-connect, or run it as the user whose bundle it is',
  };
}

function writersOf({ mode, uid, gid }: Owned): string | undefined {
  const has = (bit: number) => Math.floor(mode / bit) % 2 === 1;
  if (has(STICKY)) return undefined;
  if (has(WRITABLE_BY_ALL)) return 'every user of this machine';
  // A group of the same number is the user's own, with nobody else in it.
  return has(WRITABLE_BY_GROUP) && gid !== uid ? `group ${gid}` : undefined;
}

function modeText(mode: number): string {
  return (mode % (PERMISSIONS + 1)).toString(8).padStart(4, '0');
}
