import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
const NODE = 'orders-0';
const SPIFFE = {
  validator_class_name: 'org.apache.cassandra.auth.SpiffeCertificateValidator',
};
const IDENTITIES = 'spiffe://ringfence.dev/ns/orders/database/orders/client';

const cassandra = cassandraHere();
const superuser = { username: 'ringfence', password: "it's a secret" };

let block: LoopbackBlock;
let directory: string;
let ca: MintedCa;
let node: MintedCertificate;
/** Clients by the name in their certificate. */
const clients: Record<string, MintedCertificate> = {};
let ring: CqlRing | undefined;
let authenticator: string | object = 'PasswordAuthenticator';

beforeAll(async () => {
  block = await allocateLoopbackBlock();
  directory = await mkdtemp(path.join(tmpdir(), 'ringfence-identities-'));
  ca = await mintCa({ name: 'orders CA' });
  node = await ca.issue({ commonName: 'orders', dnsNames: ['orders'] });
  for (const name of ['payments', 'billing']) {
    clients[name] = await ca.issue({
      commonName: name,
      usage: 'client',
      uris: [`${IDENTITIES}/${name}`],
    });
  }
});

afterAll(async () => {
  await ring?.stop();
  await block?.release();
  await rm(directory, { recursive: true, force: true });
});

async function settings() {
  const keystore = path.join(directory, 'node.pem');
  const truststore = path.join(directory, 'trust.pem');
  await writeFile(keystore, node.keyPem + node.certPem);
  await writeFile(truststore, ca.certPem);
  return {
    authenticator,
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

/** Has the node ask for logins in another way. */
async function restartWith(next: string | object): Promise<void> {
  authenticator = next;
  await ring!.stopNode(NODE);
  await ring!.startNode(NODE);
}

/** What is answered to a client that shows a certificate, and has a login. */
async function execute(
  certificate: MintedCertificate,
  { username, password } = superuser,
  ...statements: string[]
) {
  const session = new Client({
    contactPoints: [`${block.address(1)}:${CQL_PORT}`],
    localDataCenter: 'dc1',
    authProvider: new auth.PlainTextAuthProvider(username, password),
    sslOptions: {
      ca: ca.certPem,
      servername: 'orders',
      rejectUnauthorized: true,
      cert: certificate.certPem,
      key: certificate.keyPem,
    },
  });
  try {
    await session.connect();
    for (const statement of statements) await session.execute(statement);
  } finally {
    await session.shutdown();
  }
}

const REFUSED = 'All host(s) tried for query failed';
const WRONG = { username: 'nobody', password: 'nothing' };

// Where it cannot run, CI must not pass for lack of it.
const cases = process.env.CI || cassandra.available ? describe : describe.skip;

/** Why certificates stand beside passwords, and are not mapped to roles. */
cases('a node whose clients must show certificates', () => {
  beforeAll(async () => {
    if (!cassandra.available) throw new Error(cassandra.why);
    ring = startCassandraRing({
      installation: cassandra,
      clusterName: 'orders',
      datacenter: 'dc1',
      rack: 'rack1',
      nodes: [{ name: NODE, address: block.address(1) }],
      superuser,
      settings,
      log: silentLog,
    });
    await ring.ready;
    await execute(
      clients.payments,
      superuser,
      'CREATE ROLE payments WITH LOGIN = true',
      `ADD IDENTITY '${IDENTITIES}/payments' TO ROLE 'payments'`,
    );
  }, TIMEOUT_MS);

  it('asks for a password all the same', async () => {
    await expect(execute(clients.payments, WRONG)).rejects.toThrow(REFUSED);
  });

  it(
    'asks for none once certificates are mapped, and shuts out who has no mapping',
    async () => {
      await restartWith({
        class_name: 'MutualTlsAuthenticator',
        parameters: SPIFFE,
      });
      await execute(clients.payments, WRONG, 'SELECT key FROM system.local');
      // It is the role of its certificate, whichever login it has.
      await expect(
        execute(clients.payments, superuser, 'CREATE ROLE another'),
      ).rejects.toThrow('User payments');
      await expect(execute(clients.billing)).rejects.toThrow(REFUSED);
    },
    TIMEOUT_MS,
  );

  it(
    'never falls back to passwords, since each client shows a certificate',
    async () => {
      await restartWith({
        class_name: 'MutualTlsWithPasswordFallbackAuthenticator',
        parameters: SPIFFE,
      });
      await execute(clients.payments, WRONG, 'SELECT key FROM system.local');
      await expect(execute(clients.billing)).rejects.toThrow(REFUSED);
    },
    TIMEOUT_MS,
  );
});
