import { zipSync, type Zippable } from 'fflate';
import { ConnectError } from '../ConnectError';
import { topFolderOf, unzipSafely } from './zip';

/** The records of a zip's directory, and where in them is what. @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.12 and 4.3.16 */
const END = { signature: 0x06054b50, bytes: 22, count: 10, offset: 16 };
const ENTRY = { signature: 0x02014b50, bytes: 46, lengths: 28, attributes: 38 };
const UNIX = 3;
/** The oldest date that a zip can hold: the same files give the same bytes. */
const EPOCH = new Date(1980, 0, 1);

/**
 * The zip with other content in some of its files; modes and order stay.
 *
 * @param changes - by path in the bundle
 * @throws ConnectError where it has no such file, or is no bundle at all
 */
export function repack(
  archive: Buffer,
  source: string,
  changes: ReadonlyMap<string, Uint8Array>,
): Uint8Array {
  const files = unzipSafely(archive, source);
  const attributes = attributesIn(archive);
  const top = topFolderOf(Object.keys(files));
  const missing = [...changes.keys()].find(path => !files[top + path]);
  if (missing !== undefined) {
    throw new ConnectError(
      'Bundle',
      `Bundle "${source}" lacks ${missing}`,
      'Download the bundle again, and give it whole',
    );
  }
  const packed: Zippable = {};
  for (const [path, content] of Object.entries(files)) {
    packed[path] = [
      changes.get(path.slice(top.length)) ?? content,
      { mtime: EPOCH, os: UNIX, attrs: attributes.get(path) },
    ];
  }
  return zipSync(packed, { level: 9 });
}

/** What Unix keeps of each file, which `fflate` does not tell; the archive was unpacked before, so it is whole. */
function attributesIn(archive: Buffer): Map<string, number> {
  const attributes = new Map<string, number>();
  let end = archive.length - END.bytes;
  while (archive.readUInt32LE(end) !== END.signature) end--;
  let at = archive.readUInt32LE(end + END.offset);
  for (let left = archive.readUInt16LE(end + END.count); left > 0; left--) {
    if (archive.readUInt32LE(at) !== ENTRY.signature) break;
    const lengths = at + ENTRY.lengths;
    const name = archive.readUInt16LE(lengths);
    const extra = archive.readUInt16LE(lengths + 2);
    const comment = archive.readUInt16LE(lengths + 4);
    const start = at + ENTRY.bytes;
    attributes.set(
      archive.toString('utf8', start, start + name),
      archive.readUInt32LE(at + ENTRY.attributes),
    );
    at = start + name + extra + comment;
  }
  return attributes;
}
