import { unzipSync } from 'fflate';
import { ConnectError } from '../ConnectError';

/** Far more than a bundle's text files need, and little enough to unpack in memory. */
const MAX_FILE_BYTES = 1024 * 1024;

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
  return withoutTopFolder(files);
}

/** The signature of a local file header. */
function isZip(archive: Uint8Array): boolean {
  return [0x50, 0x4b, 0x03, 0x04].every((byte, i) => archive[i] === byte);
}

function unzip(
  archive: Uint8Array,
  source: string,
): Record<string, Uint8Array> {
  try {
    return unzipSync(archive, {
      filter: file => {
        if (file.originalSize <= MAX_FILE_BYTES) return true;
        throw new ConnectError(
          'Bundle',
          `Bundle "${source}" holds "${file.name}" of ${file.originalSize} bytes; at most ${MAX_FILE_BYTES} are expected`,
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

function leadsOut(path: string): boolean {
  return (
    path.startsWith('/') ||
    path.includes('\\') ||
    /^[A-Za-z]:/.test(path) ||
    path.split('/').includes('..')
  );
}

function withoutTopFolder(
  files: Record<string, Uint8Array>,
): Map<string, Uint8Array> {
  const paths = Object.keys(files).filter(path => !path.endsWith('/'));
  const top = paths[0]?.slice(0, paths[0].indexOf('/') + 1) ?? '';
  const common = top !== '' && paths.every(path => path.startsWith(top));
  const skip = common ? top.length : 0;
  return new Map(paths.map(path => [path.slice(skip), files[path]]));
}
