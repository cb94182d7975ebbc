import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { StoredRing } from './StoredRing';

/** A store of a Secret, and how it is opened. */
export interface StoreFile {
  readonly secret: string;
  readonly key: string;
  readonly type: 'JKS' | 'PKCS12';
  /** Secret and key of its password. */
  readonly password: readonly [secret: string, key: string];
}

/** What a real `keytool` lists of a store. @throws in its words */
export async function listStore(
  ring: StoredRing,
  directory: string,
  { secret, key, type, password }: StoreFile,
): Promise<string> {
  const { [key]: store } = await ring.secret(secret);
  const [passwordSecret, passwordKey] = password;
  const { [passwordKey]: text } = await ring.secret(passwordSecret);
  const file = join(directory, `${secret}.${key}`);
  const passwordFile = `${file}.password`;
  await writeFile(file, store);
  await writeFile(passwordFile, text);
  const { stdout } = await promisify(execFile)('keytool', [
    ...['-list', '-keystore', file, '-storetype', type],
    ...['-storepass:file', passwordFile],
  ]);
  return stdout;
}
