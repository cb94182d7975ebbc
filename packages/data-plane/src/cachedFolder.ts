import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What `rename` says where a folder with something in it is there already. */
const ALREADY_THERE = ['ENOTEMPTY', 'EEXIST'];

/**
 * A folder that is filled once and then kept: whole or not there at all, also
 * where several processes fill it at once.
 *
 * @param dir - where it is kept
 * @param fill - is given an empty folder beside it
 * @returns `dir`
 * @throws what `fill` throws; nothing is kept then
 */
export async function cachedFolder(
  dir: string,
  fill: (partial: string) => Promise<void>,
): Promise<string> {
  if (existsSync(dir)) return dir;
  await mkdir(dirname(dir), { recursive: true });
  const partial = await mkdtemp(`${dir}.`);
  try {
    await fill(partial);
    await rename(partial, dir).catch(unlessAlreadyThere);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return dir;
}

/** Somebody else was faster: the same was made, and may be in use. */
function unlessAlreadyThere(error: NodeJS.ErrnoException): void {
  if (!ALREADY_THERE.includes(error.code!)) throw error;
}
