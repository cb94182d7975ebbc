import { randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readOwn, repack, requireOwnFolder, unpack } from '../bundle';
import { ConnectError } from '../ConnectError';

/** What takes the place of a file of the bundle. */
export interface NewFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** In a folder; in a zip files keep theirs. */
  readonly mode: number;
}

/** A bundle whose files can be replaced, packed or not. */
export interface BundleStore {
  /** The content of a file right in the bundle, or undefined where there is none. */
  read(name: string): Promise<Buffer | undefined>;
  /** All new files are there, whole, before the first takes the place of an old one. */
  replace(files: readonly NewFile[]): Promise<void>;
}

/**
 * Opens a bundle for its files to be replaced.
 *
 * @param source - path of a zip or of a folder
 * @throws ConnectError where there is none, or others can change it
 */
export async function openStore(source: string): Promise<BundleStore> {
  const stats = await fs.stat(source).catch(() => undefined);
  if (!stats) {
    throw new ConnectError(
      'Usage',
      `Bundle "${source}" does not exist`,
      'Give the path of the downloaded zip, or of the folder that it was unpacked to',
    );
  }
  const role = { name: `Bundle "${source}"`, reason: 'Bundle' } as const;
  if (!stats.isDirectory()) {
    return zipStore(source, await readOwn(source, role), stats.mode);
  }
  await requireOwnFolder(source, role);
  return folderStore(source);
}

function folderStore(folder: string): BundleStore {
  return {
    async read(name) {
      const role = {
        name: `File "${name}" of bundle "${folder}"`,
        reason: 'Bundle',
      } as const;
      return readOwn(join(folder, name), role).catch(error => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
    },
    replace: files => replaceFiles(folder, files),
  };
}

/** @param mode - that the file goes on to have: whoever could read it still can */
function zipStore(source: string, archive: Buffer, mode: number): BundleStore {
  const files = unpack(archive, source);
  return {
    async read(name) {
      const content = files.get(name);
      return content && Buffer.from(content);
    },
    async replace(changes) {
      const contents = changes.map(
        ({ name, content }) => [name, Buffer.from(content)] as const,
      );
      const content = repack(archive, source, new Map(contents));
      // The file itself, where the path is a link to it.
      const path = await fs.realpath(source);
      await replaceFiles(dirname(path), [
        // The upper bits tell the kind of the file.
        { name: basename(path), content, mode: mode % 0o1000 },
      ]);
    },
  };
}

async function replaceFiles(
  folder: string,
  files: readonly NewFile[],
): Promise<void> {
  const suffix = `.${randomBytes(6).toString('hex')}.new`;
  const path = (name: string) => join(folder, name);
  try {
    for (const { name, content, mode } of files) {
      const file = await fs.open(`${path(name)}${suffix}`, 'wx', mode);
      try {
        // Whatever the umask: clients of this user must be able to read it.
        await file.chmod(mode);
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    for (const { name } of files) {
      await fs.rename(`${path(name)}${suffix}`, path(name));
    }
  } finally {
    for (const { name } of files) {
      await fs.rm(`${path(name)}${suffix}`, { force: true });
    }
  }
}
