import { promises as fs } from 'node:fs';

/**
 * Whether a path is mounted read-only, as ConfigMaps, Secrets and volumes with
 * ":ro" are: modes and owners mean nothing there, since whoever started the
 * container put it there and nobody in it can write. False where that cannot
 * be told (not Linux).
 */
export async function isMountedReadOnly(path: string): Promise<boolean> {
  try {
    const mounts = await fs.readFile('/proc/self/mounts', 'utf8');
    return isReadOnlyIn(mounts, await fs.realpath(path));
  } catch {
    return false;
  }
}

/** @param mounts - a line for each: device, place, type, options; later ones hide earlier ones */
export function isReadOnlyIn(mounts: string, path: string): boolean {
  let longest = '';
  let readOnly = false;
  for (const line of mounts.split('\n')) {
    const [, place = '', , options = ''] = line.split(' ');
    const folder = unescaped(place);
    const holds =
      folder === '/' || path === folder || path.startsWith(`${folder}/`);
    if (folder !== '' && holds && folder.length >= longest.length) {
      longest = folder;
      readOnly = options.split(',').includes('ro');
    }
  }
  return readOnly;
}

/** Spaces and the like are written as `\040`. */
function unescaped(place: string): string {
  return place.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(parseInt(octal, 8)),
  );
}
