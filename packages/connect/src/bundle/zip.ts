import { unzipSync, type UnzipFileInfo } from 'fflate';
import { ConnectError } from '../ConnectError';

/** Each far more than a bundle needs, and little enough to unpack in memory. */
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TOTAL_BYTES = 8 * 1024 * 1024;
const MAX_FILES = 256;
/** How many times smaller than itself text is packed. */
const MAX_RATIO = 100;
/** Below this a file of one letter is no bomb. */
const RATIO_FROM_BYTES = 64 * 1024;

const DOWNLOAD_AGAIN = 'Download the bundle again';

/**
 * Unpacks a zip in memory. A single top folder is left out of the paths.
 *
 * @throws ConnectError where it is no zip, is cut, or holds paths that lead out of it
 */
export function unpack(
  archive: Uint8Array,
  source: string,
): Map<string, Uint8Array> {
  const files = unzipSafely(archive, source);
  const paths = Object.keys(files).filter(path => !path.endsWith('/'));
  const top = topFolderOf(paths);
  return new Map(paths.map(path => [path.slice(top.length), files[path]]));
}

/** The same, with the paths as they are in the zip. */
export function unzipSafely(
  archive: Uint8Array,
  source: string,
): Record<string, Uint8Array> {
  if (!isZip(archive)) {
    throw new ConnectError(
      'Bundle',
      `Bundle "${source}" is not a zip file`,
      'Give the bundle as it was downloaded, or the folder that it was unpacked to',
    );
  }
  const files = unzip(archive, source);
  const unsafe = Object.keys(files).find(leadsOut);
  if (unsafe !== undefined) {
    throw new ConnectError(
      'Bundle',
      `Bundle "${source}" holds the path "${unsafe}", which leads out of it`,
      `This bundle was not made by Ringfence. ${DOWNLOAD_AGAIN}`,
    );
  }
  return files;
}

/** The signature of a local file header. */
function isZip(archive: Uint8Array): boolean {
  return [0x50, 0x4b, 0x03, 0x04].every((byte, i) => archive[i] === byte);
}

function unzip(
  archive: Uint8Array,
  source: string,
): Record<string, Uint8Array> {
  const seen = new Set<string>();
  let total = 0;
  try {
    return unzipSync(archive, {
      filter: file => {
        total += file.originalSize;
        const excess = excessOf(file, seen, total);
        seen.add(file.name);
        if (excess === undefined) return true;
        throw new ConnectError(
          'Bundle',
          `Bundle "${source}" holds ${excess}`,
          `This bundle was not made by Ringfence. ${DOWNLOAD_AGAIN}`,
        );
      },
    });
  } catch (error) {
    if (error instanceof ConnectError) throw error;
    throw new ConnectError(
      'Bundle',
      `Bundle "${source}" is cut or damaged`,
      DOWNLOAD_AGAIN,
      error,
    );
  }
}

/** What there is too much of; known before anything is unpacked. */
function excessOf(
  { name, size, originalSize }: UnzipFileInfo,
  seen: ReadonlySet<string>,
  total: number,
): string | undefined {
  if (seen.has(name)) return `"${name}" twice`;
  if (seen.size >= MAX_FILES) return `more than ${MAX_FILES} files`;
  if (originalSize > MAX_FILE_BYTES) {
    return `"${name}" of ${originalSize} bytes; at most ${MAX_FILE_BYTES} are expected`;
  }
  if (total > MAX_TOTAL_BYTES) {
    return `more than ${MAX_TOTAL_BYTES} bytes in all`;
  }
  return originalSize > RATIO_FROM_BYTES && originalSize > MAX_RATIO * size
    ? `"${name}", packed to less than a ${MAX_RATIO}th of its size`
    : undefined;
}

function leadsOut(path: string): boolean {
  return (
    path.startsWith('/') ||
    path.includes('\\') ||
    /^[A-Za-z]:/.test(path) ||
    path.split('/').includes('..')
  );
}

/** The folder, with its `/`, that all paths are in; empty where there is none. */
export function topFolderOf(paths: readonly string[]): string {
  const files = paths.filter(path => !path.endsWith('/'));
  const top = files[0]?.slice(0, files[0].indexOf('/') + 1) ?? '';
  return files.every(path => path.startsWith(top)) ? top : '';
}
