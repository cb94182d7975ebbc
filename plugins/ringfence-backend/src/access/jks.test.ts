import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  mintCa,
  type MintedCertificate,
} from '@ringfence/connection/testUtils';
import { Secret } from '@ringfence/backstage-plugin-ringfence-node';
import { strFromU8, unzipSync } from 'fflate';
import { fakeCluster } from '../observing/__testUtils__/cluster';
import { databaseObjects, storedDatabase } from './__testUtils__/database';
import { makeBundle, type BundleOptions } from './bundle';
import { readAccess } from './readAccess';
import { JKS_FILES, makeJksKeystore, makeJksTruststore } from './jks';
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
  folder = await mkdtemp(join(tmpdir(), 'jks-'));
});
afterEach(() => rm(folder, { recursive: true }));

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });
}

function isThere(command: string): boolean {
  try {
    execFileSync(command, ['-help'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

async function write(name: string, store: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, store);
  return path;
}

const list = (path: string, password: string = STORE_PASSWORD) =>
  run('keytool', [
    ...['-list', '-v', '-storetype', 'JKS'],
    ...['-keystore', path, '-storepass', password],
  ]);

/** Whether a tool of other readers is on this machine. */
const describeWith = (tool: string) =>
  isThere(tool) ? describe : describe.skip;

describeWith('keytool')("to Java's keytool", () => {
  it('the truststore has every CA as a trusted certificate', async () => {
    const { truststore } = JKS_FILES;
    const output = list(
      await write(truststore, makeJksTruststore(certificates)),
    );
    expect(output).toMatch(/Keystore type: JKS/i);
    expect(output.match(/Entry type: trustedCertEntry/g)).toHaveLength(2);
    expect(output).toContain('Alias name: ringfence-ca-2');
    for (const { fingerprint256 } of certificates) {
      expect(output).toContain(`SHA256: ${fingerprint256}`);
    }
  });

  it('the keystore has a private key with its chain', async () => {
    const store = makeJksKeystore(certificates, minted.keyPem);
    const output = list(await write(JKS_FILES.keystore, store));
    expect(output).toMatch(/Entry type: PrivateKeyEntry/);
    expect(output).toMatch(/Certificate chain length: 2/);
    expect(output).toContain(`SHA256: ${certificates[0].fingerprint256}`);
  });

  it('both are refused with another password', async () => {
    const stores = [
      makeJksTruststore(certificates),
      makeJksKeystore(certificates, minted.keyPem),
    ];
    for (const store of stores) {
      const path = await write('store.jks', store);
      expect(() => list(path, 'another')).toThrow(
        // It says why on the standard output.
        expect.objectContaining({
          stdout: expect.stringContaining('password was incorrect'),
        }),
      );
    }
  });

  it('holds the very key, as Java takes it out again', async () => {
    const store = makeJksKeystore(certificates, minted.keyPem);
    const [from, to] = [
      await write(JKS_FILES.keystore, store),
      join(folder, 'out.p12'),
    ];
    run('keytool', [
      ...['-importkeystore', '-srckeystore', from, '-srcstoretype', 'JKS'],
      ...['-srcstorepass', STORE_PASSWORD, '-srcalias', 'client'],
      ...['-destkeystore', to, '-deststoretype', 'PKCS12'],
      ...['-deststorepass', STORE_PASSWORD],
    ]);
    const pem = run('openssl', [
      ...['pkcs12', '-in', to, '-nocerts', '-nodes'],
      ...['-passin', `pass:${STORE_PASSWORD}`],
    ]);
    const key = createPrivateKey(pem);
    expect(key.equals(createPrivateKey(minted.keyPem))).toBe(true);
  });
});

it('has the same bytes for the same key, and others for another', async () => {
  const store = makeJksKeystore(certificates, minted.keyPem);
  expect(makeJksKeystore(certificates, minted.keyPem)).toEqual(store);
  const ca = await mintCa({ name: 'clients of orders' });
  const other = await ca.issue({ commonName: 'payments', usage: 'client' });
  const [leaf] = certificates;
  expect(makeJksKeystore([leaf], other.keyPem)).not.toEqual(
    makeJksKeystore([leaf], minted.keyPem),
  );
});

describe('the bundle', () => {
  async function filesOf(options?: BundleOptions) {
    const { certPem } = await mintCa({ name: 'orders CA' });
    const access = await readAccess(
      storedDatabase(),
      fakeCluster({ objects: databaseObjects(certPem) }),
    );
    const certificate = {
      certificatePem: minted.certPem,
      keyPem: new Secret(minted.keyPem),
      team: 'payments',
      notAfter: new Date('2030-01-01T00:00:00Z'),
    };
    return unzipSync(await makeBundle(access, certificate, options));
  }

  it('has them where they are asked for, beside the others, and counts the key among its secrets', async () => {
    const { 'README.md': text, ...files } = await filesOf({ format: 'jks' });
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['truststore.jks', 'client.jks', 'client.p12']),
    );
    expect(strFromU8(text)).toContain(
      'These files are secret: `client.key`, `client.p12`, `client.jks`.',
    );
  });

  it('has none of them otherwise', async () => {
    const paths = Object.keys(await filesOf());
    expect(paths.filter(path => path.endsWith('.jks'))).toEqual([]);
  });
});
