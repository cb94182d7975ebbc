import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintCa } from '@ringfence/connection/testUtils';
import { STORE_PASSWORD } from './pkcs12';
import { makeTruststore, TRUSTSTORE_FILE } from './truststore';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'truststore-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function mint(name: string): Promise<X509Certificate> {
  return new X509Certificate((await mintCa({ name })).certPem);
}

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

async function write(store: Uint8Array): Promise<string> {
  const path = join(folder, TRUSTSTORE_FILE);
  await writeFile(path, store);
  return path;
}

describeWith('keytool')('for Java', () => {
  it("is a store of trusted certificates to Java's keytool", async () => {
    const certificates = [await mint('orders CA'), await mint('old orders CA')];
    const path = await write(makeTruststore(certificates));

    const output = execFileSync(
      'keytool',
      ['-list', '-v', '-keystore', path, '-storepass', STORE_PASSWORD],
      { encoding: 'utf8' },
    );
    expect(output.match(/Entry type: trustedCertEntry/g)).toHaveLength(2);
    for (const { fingerprint256 } of certificates) {
      expect(output).toContain(`SHA256: ${fingerprint256}`);
    }
  });

  it('is refused with another password, so its MAC is right', async () => {
    const path = await write(makeTruststore([await mint('orders CA')]));
    expect(() =>
      execFileSync(
        'keytool',
        ['-list', '-keystore', path, '-storepass', 'another'],
        {
          stdio: 'pipe',
        },
      ),
    ).toThrow();
  });
});

describeWith('openssl')('for OpenSSL', () => {
  it('is read by OpenSSL', async () => {
    const certificate = await mint('orders CA');
    const path = await write(makeTruststore([certificate]));
    const pem = execFileSync(
      'openssl',
      ['pkcs12', '-in', path, '-nokeys', '-passin', `pass:${STORE_PASSWORD}`],
      { encoding: 'utf8', stdio: 'pipe' },
    );
    expect(new X509Certificate(pem).fingerprint256).toBe(
      certificate.fingerprint256,
    );
  });
});

it('has the same bytes for the same CA, and others for another', async () => {
  const ca = await mint('orders CA');
  expect(makeTruststore([ca])).toEqual(makeTruststore([ca]));
  expect(makeTruststore([ca])).not.toEqual(
    makeTruststore([await mint('orders CA')]),
  );
});
