import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import {
  mintCa,
  type MintedCertificate,
} from '@ringfence/connection/testUtils';
import { makeKeystore } from './keystore';
import { STORE_PASSWORD } from './pkcs12';

let folder: string;
let minted: MintedCertificate;
let certificates: X509Certificate[];

beforeAll(async () => {
  const ca = await mintCa({ name: 'clients of orders' });
  minted = await ca.issue({ commonName: 'payments', usage: 'client' });
  certificates = [minted.certPem, ca.certPem].map(
    pem => new X509Certificate(pem),
  );
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keystore-'));
});
afterEach(() => rm(folder, { recursive: true }));

function isThere(command: string): boolean {
  try {
    execFileSync(command, ['-help'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

/** Whether a tool of other readers is on this machine. */
const describeWith = (tool: string) =>
  isThere(tool) ? describe : describe.skip;

async function write(): Promise<string> {
  const path = join(folder, 'client.p12');
  await writeFile(path, makeKeystore(certificates, minted.keyPem));
  return path;
}

describeWith('keytool')('for Java', () => {
  it("holds a private key with its chain to Java's keytool", async () => {
    const output = execFileSync(
      'keytool',
      ['-list', '-v', '-keystore', await write(), '-storepass', STORE_PASSWORD],
      { encoding: 'utf8' },
    );
    expect(output).toMatch(/Entry type: PrivateKeyEntry/);
    expect(output).toMatch(/Certificate chain length: 2/);
    expect(output).toContain(`SHA256: ${certificates[0].fingerprint256}`);
  });
});

describeWith('openssl')('for OpenSSL', () => {
  it('holds the very key', async () => {
    const pem = execFileSync(
      'openssl',
      [
        ...['pkcs12', '-in', await write(), '-nocerts', '-nodes'],
        ...['-passin', `pass:${STORE_PASSWORD}`],
      ],
      { encoding: 'utf8', stdio: 'pipe' },
    );
    const key = createPrivateKey(pem);
    expect(key.equals(createPrivateKey(minted.keyPem))).toBe(true);
  });
});

it('is taken by TLS, with its password alone', () => {
  const pfx = Buffer.from(makeKeystore(certificates, minted.keyPem));
  expect(() =>
    createSecureContext({ pfx, passphrase: STORE_PASSWORD }),
  ).not.toThrow();
  expect(() => createSecureContext({ pfx, passphrase: 'another' })).toThrow(
    /mac verify failure/i,
  );
});

it('has the same bytes for the same key, and others for another', async () => {
  const again = makeKeystore(certificates, minted.keyPem);
  expect(makeKeystore(certificates, minted.keyPem)).toEqual(again);
  const ca = await mintCa({ name: 'clients of orders' });
  const other = await ca.issue({ commonName: 'payments', usage: 'client' });
  expect(
    makeKeystore([new X509Certificate(other.certPem)], other.keyPem),
  ).not.toEqual(again);
});
