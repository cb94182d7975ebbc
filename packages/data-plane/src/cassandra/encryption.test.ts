import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import {
  mintCa,
  type MintedCa,
  type MintedCertificate,
} from '@ringfence/connection/testUtils';
import { auth, Client } from 'cassandra-driver';
import { allocateLoopbackBlock, type LoopbackBlock } from '../loopback';
import { silentLog } from '../log';
import { CQL_PORT, type CqlRing } from '../ring';
import { cassandraHere } from '../testUtils/cassandraHere';
import { startCassandraRing } from './startCassandraRing';

const TIMEOUT_MS = 300_000;

const cassandra = cassandraHere();
const superuser = { username: 'ringfence', password: "it's a secret" };

let block: LoopbackBlock;
let directory: string;
let ca: MintedCa;
let node: MintedCertificate;
let client: MintedCertificate;
let ring: CqlRing | undefined;

beforeAll(async () => {
  block = await allocateLoopbackBlock();
  directory = await mkdtemp(path.join(tmpdir(), 'ringfence-encryption-'));
  ca = await mintCa({ name: 'orders CA' });
  node = await ca.issue({ commonName: 'orders', dnsNames: ['orders'] });
  client = await ca.issue({ commonName: 'payments', usage: 'client' });
});

afterAll(async () => {
  await ring?.stop();
  await block?.release();
  await rm(directory, { recursive: true, force: true });
});

/** PEM files need no password. */
async function settings() {
  const keystore = path.join(directory, 'node.pem');
  const truststore = path.join(directory, 'trust.pem');
  await writeFile(keystore, node.keyPem + node.certPem);
  await writeFile(truststore, ca.certPem);
  return {
    authenticator: 'PasswordAuthenticator',
    authorizer: 'CassandraAuthorizer',
    client_encryption_options: {
      enabled: true,
      optional: false,
      require_client_auth: true,
      ssl_context_factory: {
        class_name: 'org.apache.cassandra.security.PEMBasedSslContextFactory',
      },
      keystore,
      keystore_password: '',
      truststore,
    },
  };
}

function driver(sslOptions?: ConnectionOptions) {
  return new Client({
    contactPoints: [`${block.address(1)}:${CQL_PORT}`],
    localDataCenter: 'dc1',
    authProvider: new auth.PlainTextAuthProvider(
      superuser.username,
      superuser.password,
    ),
    sslOptions,
  });
}

const tls = (): ConnectionOptions => ({
  ca: ca.certPem,
  servername: 'orders',
  rejectUnauthorized: true,
});

// Where it cannot run, CI must not pass for lack of it.
const cases = process.env.CI || cassandra.available ? describe : describe.skip;

cases('a node whose settings ask clients for certificates', () => {
  beforeAll(async () => {
    if (!cassandra.available) throw new Error(cassandra.why);
    ring = startCassandraRing({
      installation: cassandra,
      clusterName: 'orders',
      datacenter: 'dc1',
      rack: 'rack1',
      nodes: [{ name: 'orders-0', address: block.address(1) }],
      superuser,
      settings,
      log: silentLog,
    });
    await ring.ready;
  }, TIMEOUT_MS);

  it('takes the superuser with a certificate', async () => {
    const session = driver({
      ...tls(),
      cert: client.certPem,
      key: client.keyPem,
    });
    await session.connect();
    const { rows } = await session.execute(
      'SELECT role FROM system_auth.roles',
    );
    await session.shutdown();
    expect(rows.map(row => row.role)).toContain(superuser.username);
  });

  it.each<[string, () => ConnectionOptions | undefined]>([
    ['without a certificate', tls],
    ['in plaintext', () => undefined],
  ])('refuses the superuser %s', async (_how, options) => {
    const session = driver(options());
    await expect(session.connect()).rejects.toThrow(
      'All host(s) tried for query failed',
    );
    await session.shutdown();
  });

  it('shows its certificate', async () => {
    const socket = connect({
      ...tls(),
      host: block.address(1),
      port: CQL_PORT,
      cert: client.certPem,
      key: client.keyPem,
    });
    await new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    expect(socket.getPeerX509Certificate()?.subject).toContain('orders');
    socket.destroy();
  });
});
