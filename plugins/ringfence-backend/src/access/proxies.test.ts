import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Secret } from '@ringfence/backstage-plugin-ringfence-node';
import type { Connection } from '@ringfence/connection';
import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import {
  allocateLoopbackBlock,
  findEnvoy,
  type LoopbackBlock,
} from '@ringfence/data-plane';
import { fakeCluster } from '../observing/__testUtils__/cluster';
import { databaseObjects, storedDatabase } from './__testUtils__/database';
import {
  isInstalled,
  sendThrough,
  startEcho,
  startProxy,
} from './__testUtils__/proxies';
import { bundleContents, type ClientCertificate } from './bundle';
import { readAccess } from './readAccess';

// Envoy may have to be fetched.
jest.setTimeout(120_000);

const SERVER_NAME = 'orders.example.com';

/** As the bundle's README starts them. */
const proxies: Array<[string, string, () => Promise<string[]>]> = [
  ['haproxy', 'haproxy', async () => ['haproxy', '-f', 'haproxy/haproxy.cfg']],
  ['stunnel', 'stunnel', async () => ['stunnel', 'stunnel/stunnel.conf']],
  [
    'envoy',
    // Its package is Python's.
    'python3',
    async () => [
      ...[await findEnvoy(), '-c', 'envoy/envoy.yaml'],
      ...['--use-dynamic-base-id', '--concurrency', '1'],
    ],
  ],
];

let ca: MintedCa;
let connection: Connection;
let block: LoopbackBlock;
let folder: string;
let used = 0;

beforeAll(async () => {
  ca = await mintCa({ name: 'orders CA' });
  const access = await readAccess(
    storedDatabase(),
    fakeCluster({ objects: databaseObjects(ca.certPem) }),
  );
  connection = access.connection;
  block = await allocateLoopbackBlock();
  folder = await mkdtemp(join(tmpdir(), 'proxies-'));
});

afterAll(async () => {
  await block?.release();
  await rm(folder, { recursive: true });
});

/**
 * A bundle for a gateway at `port`. Where its proxies listen is another
 * loopback address than the one of the files, which may be in use.
 */
async function unpackBundle(
  port: number,
  listen: string,
  shown?: ClientCertificate,
): Promise<string> {
  const root = join(folder, listen);
  const endpoint = { scope: 'external', host: 'localhost', port } as const;
  const files = bundleContents(
    { ...connection, endpoints: [endpoint] },
    ca.certPem,
    shown,
  );
  for (const { path, content } of files) {
    const text = Buffer.from(content).toString();
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(
      join(root, path),
      path.endsWith('.p12') ? content : text.replace(/127\.0\.0\.1/g, listen),
    );
  }
  return root;
}

/** For a proxy to find its gateway's address, after it has begun to listen. */
const PATIENT = { patienceMs: 20_000 };

interface Ping {
  /** How long the proxy may take until an answer comes through: before it knows its gateway's address it hangs up. */
  readonly patienceMs?: number;
  /** Who must have signed the client's certificate. */
  readonly clients?: MintedCa;
  /** The client's certificate, in its bundle. */
  readonly shown?: ClientCertificate;
}

/** What a client behind the proxy gets of "ping" where the gateway has a certificate of this issuer for this name. */
async function ping(
  command: readonly string[],
  issuer: MintedCa,
  name: string,
  { patienceMs = 0, clients, shown }: Ping = {},
): Promise<{ answer: string; names: Set<unknown> }> {
  used += 1;
  const listen = block.address(used);
  const gateway = await startEcho(
    await issuer.issue({ commonName: name, dnsNames: [name] }),
    clients?.certPem,
  );
  const proxy = await startProxy(
    command,
    await unpackBundle(gateway.port, listen, shown),
    listen,
  );
  try {
    const end = Date.now() + patienceMs;
    let answer = await sendThrough(listen, 'ping');
    while (answer === '' && Date.now() < end) {
      answer = await sendThrough(listen, 'ping');
    }
    return { answer, names: gateway.names };
  } finally {
    await proxy.stop();
    gateway.close();
  }
}

/** Where it is not installed, its tests are listed as skipped. */
const describeWith = (needed: string) =>
  isInstalled(needed) ? describe : describe.skip;

function provesProxy(command: () => Promise<string[]>) {
  let run: readonly string[];
  beforeAll(async () => {
    run = await command();
  });

  it('connects with its file of the bundle, and tells the name', async () => {
    expect(await ping(run, ca, SERVER_NAME, PATIENT)).toEqual({
      answer: 'ping',
      names: new Set([SERVER_NAME]),
    });
  });

  it('shows the certificate of its client, which the gateway asks for', async () => {
    const clients = await mintCa({ name: 'clients of orders' });
    const { certPem, keyPem } = await clients.issue({
      commonName: 'payments',
      usage: 'client',
    });
    const shown = {
      certificatePem: certPem,
      keyPem: new Secret(keyPem),
      team: 'payments',
      notAfter: new Date('2030-01-01T00:00:00Z'),
    };
    const options = { ...PATIENT, clients, shown };
    expect((await ping(run, ca, SERVER_NAME, options)).answer).toBe('ping');
  });

  it('is refused where it has none to show', async () => {
    const clients = await mintCa({ name: 'clients of orders' });
    const { answer } = await ping(run, ca, SERVER_NAME, { clients });
    expect(answer).toBe('');
  });

  it('refuses a certificate of another CA of that name', async () => {
    const impostor = await mintCa({ name: 'orders CA' });
    expect((await ping(run, impostor, SERVER_NAME)).answer).toBe('');
  });

  it('refuses a certificate of the CA for another name', async () => {
    expect((await ping(run, ca, 'impostor.example.com')).answer).toBe('');
  });
}

for (const [name, needed, command] of proxies) {
  describeWith(needed)(name, () => provesProxy(command));
}
