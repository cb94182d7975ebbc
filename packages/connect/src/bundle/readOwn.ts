import { promises as fs } from 'node:fs';
import { ConnectError, type ExitReason } from '../ConnectError';
import { distrust, type Owned } from './ownership';
import { isMountedReadOnly } from './readOnlyMount';

/** Many times what a bundle has. */
export const MAX_BYTES = 4 * 1024 * 1024;

/** What a file is called in messages, and how the program ends over it. */
export interface FileRole {
  /** Such as `Bundle "orders.zip"`. */
  readonly name: string;
  readonly reason: ExitReason;
}

/**
 * Reads a file that nobody else can change.
 *
 * @throws ConnectError where others can, or where it is none or far too large
 */
export async function readOwn(
  path: string,
  { name, reason }: FileRole,
): Promise<Buffer> {
  const file = await fs.open(path, 'r');
  try {
    // Of what is open, not of what is there by the time it is read.
    const stats = await file.stat();
    await requireOwn(path, stats, { name, reason });
    if (!stats.isFile() || stats.size > MAX_BYTES) {
      throw new ConnectError(
        reason,
        stats.isFile()
          ? `${name} has ${stats.size} bytes; at most ${MAX_BYTES} are expected`
          : `${name} is not a file`,
        'Give the bundle as it was downloaded, or the folder that it was unpacked to',
      );
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** @throws ConnectError where others can change what is in the folder */
export async function requireOwnFolder(
  path: string,
  role: FileRole,
): Promise<void> {
  await requireOwn(path, await fs.stat(path), role);
}

async function requireOwn(
  path: string,
  stats: Owned,
  { name, reason }: FileRole,
): Promise<void> {
  const doubt = distrust(path, stats, process.getuid?.());
  if (!doubt || (await isMountedReadOnly(path))) return;
  throw new ConnectError(reason, `${name} ${doubt.why}`, doubt.remedy);
}
