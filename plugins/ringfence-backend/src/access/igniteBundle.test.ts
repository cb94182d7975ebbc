import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { Secret } from '@ringfence/backstage-plugin-ringfence-node';
import { connectionSchema, type Connection } from '@ringfence/connection';
import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import { fakeCluster } from '../observing/__testUtils__/cluster';
import {
  databaseObjects,
  IGNITE,
  storedDatabase,
} from './__testUtils__/database';
import { isInstalled } from './__testUtils__/proxies';
import { bundleContents, type ClientCertificate } from './bundle';
import { readAccess } from './readAccess';

const SERVER_NAME = 'orders.example.com';

let ca: MintedCa;
let connection: Connection;
beforeAll(async () => {
  ca = await mintCa({ name: 'orders CA' });
  connection = await connectionOf(IGNITE);
});

async function connectionOf(changes: Parameters<typeof storedDatabase>[0]) {
  const access = await readAccess(
    storedDatabase(changes),
    fakeCluster({ objects: databaseObjects(ca.certPem) }),
  );
  return access.connection;
}

function filesOf(changed: Connection, shown?: ClientCertificate) {
  return Object.fromEntries(
    bundleContents(changed, ca.certPem, shown).map(({ path, content }) => [
      path,
      Buffer.from(content).toString(),
    ]),
  );
}

it('has files for the clients of Ignite, and none for those of CQL', () => {
  expect(Object.keys(filesOf(connection))).toEqual([
    'README.md',
    'ca.crt',
    'connection.json',
    'curl/rest.sh',
    'dotnet/Program.cs',
    'dotnet/ringfence-example.csproj',
    'envoy/envoy.yaml',
    'haproxy/haproxy.cfg',
    'java/pom.xml',
    'java/src/main/java/Example.java',
    'node/example.js',
    'node/package.json',
    'python/example.py',
    'python/requirements.txt',
    'stunnel/stunnel.conf',
    'truststore.p12',
  ]);
});

it('says where the REST API is, beside the thin client port, and nothing of CQL', () => {
  const told = connectionSchema.parse(
    JSON.parse(filesOf(connection)['connection.json']),
  );
  expect(told).toMatchObject({
    protocol: 'ignite',
    endpoints: [
      { scope: 'external', host: '203.0.113.11', port: 10800 },
      { scope: 'in-cluster', port: 10800 },
    ],
    rest: {
      endpoints: [
        { scope: 'external', host: '203.0.113.11', port: 8443 },
        { scope: 'in-cluster', port: 8443 },
      ],
    },
    role: 'orders_app',
  });
  expect(told.cql).toBeUndefined();
});

it('speaks of CQL, rings and datacenters nowhere', () => {
  const all = Object.values(filesOf(connection)).join('\n');
  expect(all).not.toMatch(/cql|cassandra|datacenter|\bring\b/i);
});

it('turns verification of the name on in each client, or leads it through ringfence-connect', () => {
  const files = filesOf(connection);
  expect(files['curl/rest.sh']).toContain(`--cacert "$bundle/ca.crt"`);
  expect(files['curl/rest.sh']).toContain(
    "'https://orders.example.com:8443/ignite'",
  );
  expect(files['java/src/main/java/Example.java']).toContain(
    'setEndpointIdentificationAlgorithm("HTTPS")',
  );
  expect(files['node/example.js']).toContain('rejectUnauthorized: true');
  expect(files['node/example.js']).toContain(
    'servername: "orders.example.com"',
  );
  expect(files['dotnet/Program.cs']).toContain('TargetHost = serverName');
  expect(files['README.md']).toContain(
    'npx @ringfence/connect run . -- python3 python/example.py',
  );
});

it('keeps every client from dialling the nodes', () => {
  const files = filesOf(connection);
  expect(files['java/src/main/java/Example.java']).toContain(
    '.setClusterDiscoveryEnabled(false)',
  );
  expect(files['python/example.py']).toContain('partition_aware=False');
  expect(files['dotnet/Program.cs']).toContain(
    'EnableClusterDiscovery = false',
  );
});

it('has the proxies listen where thin clients look', () => {
  const files = filesOf(connection);
  expect(files['haproxy/haproxy.cfg']).toContain('bind 127.0.0.1:10800');
  expect(files['stunnel/stunnel.conf']).toContain('accept = 127.0.0.1:10800');
  expect(files['envoy/envoy.yaml']).toContain('port_value: 10800 }');
});

it('asks for no password where the database knows no logins', async () => {
  const files = filesOf(
    await connectionOf({ ...IGNITE, applicationRoleSecret: undefined }),
    await certificateOf('payments'),
  );
  const all = Object.values(files).join('\n');
  expect(all).not.toContain('IGNITE_PASSWORD');
  expect(JSON.parse(files['connection.json']).role).toBeUndefined();
  expect(files['README.md']).toContain('1. Run one of these');
});

it('has no file for curl where no REST API is served', async () => {
  const files = filesOf(
    await connectionOf({ ...IGNITE, restPorts: undefined }),
  );
  expect(Object.keys(files)).not.toContain('curl/rest.sh');
});

it('shows the certificate of its client in each example', async () => {
  const files = filesOf(connection, await certificateOf('payments'));
  expect(files['curl/rest.sh']).toContain(`--cert "$bundle/"'client.crt'`);
  expect(files['java/src/main/java/Example.java']).toContain('"client.p12"');
  expect(files['node/example.js']).toContain('"client.key"');
  expect(files['dotnet/Program.cs']).toContain('"client.p12"');
});

it('leaves out the clients that cannot insist on the hybrid key exchange', async () => {
  const files = filesOf(
    await connectionOf({ ...IGNITE, keyExchange: 'hybrid-required' }),
  );
  expect(Object.keys(files)).not.toContain('java/pom.xml');
  expect(files['curl/rest.sh']).toContain('--curves X25519MLKEM768');
  expect(files['README.md']).toContain('told to insist on it: Java, .NET');
});

async function certificateOf(team: string): Promise<ClientCertificate> {
  const clients = await mintCa({ name: 'clients of orders' });
  const { certPem, keyPem } = await clients.issue({
    commonName: team,
    usage: 'client',
  });
  return {
    certificatePem: certPem,
    keyPem: new Secret(keyPem),
    team,
    notAfter: new Date('2030-01-01T00:00:00Z'),
  };
}

/** In the place of a gateway with REST behind it: answers as Ignite does, and keeps what it was told. */
async function startRest(issuer: MintedCa, name: string, answer: object) {
  const { certPem, keyPem } = await issuer.issue({
    commonName: name,
    dnsNames: [name],
  });
  const forms: URLSearchParams[] = [];
  const names = new Set<unknown>();
  const server = createServer(
    { cert: certPem, key: keyPem },
    async (request, response) => {
      names.add((request.socket as TLSSocket).servername);
      forms.push(new URLSearchParams(await readText(request)));
      response.end(JSON.stringify(answer));
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, forms, names, close: () => server.close() };
}

(isInstalled('curl') ? describe : describe.skip)('curl/rest.sh', () => {
  const PASSWORD = 'a"b\\c&d e+f%';
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ignite-bundle-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function ask(
    issuer: MintedCa,
    name: string,
    args: readonly string[] = [],
    answer: object = { successStatus: 0, response: true },
  ) {
    const rest = await startRest(issuer, name, answer);
    try {
      const endpoint = {
        scope: 'external',
        host: '127.0.0.1',
        port: rest.port,
      } as const;
      const files = filesOf({ ...connection, rest: { endpoints: [endpoint] } });
      for (const path of ['ca.crt', 'curl/rest.sh']) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), files[path]);
      }
      const child = spawn('sh', [join(folder, 'curl/rest.sh'), ...args], {
        env: { PATH: process.env.PATH, IGNITE_PASSWORD: PASSWORD },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 60_000,
      });
      const [printed, complained, [code]] = await Promise.all([
        readText(child.stdout),
        readText(child.stderr),
        once(child, 'exit'),
      ]);
      return {
        printed,
        complained,
        code,
        forms: rest.forms,
        names: rest.names,
      };
    } finally {
      rest.close();
    }
  }

  it('sends fields and login as a form, by the verified name', async () => {
    const { printed, code, forms, names } = await ask(ca, SERVER_NAME, [
      'cmd=get',
      'cacheName=a b&c',
    ]);
    expect({ code, printed }).toEqual({
      code: 0,
      printed: '{"successStatus":0,"response":true}\n',
    });
    expect(Object.fromEntries(forms[0])).toEqual({
      cmd: 'get',
      cacheName: 'a b&c',
      'ignite.login': 'orders_app',
      'ignite.password': PASSWORD,
    });
    expect(names).toEqual(new Set([SERVER_NAME]));
  });

  it('ends with an error where Ignite says in a good answer that it failed', async () => {
    const { code } = await ask(ca, SERVER_NAME, [], { successStatus: 2 });
    expect(code).toBe(1);
  });

  it('tells the password nobody that shows another name', async () => {
    const { code, forms, complained } = await ask(ca, 'impostor.example.com');
    expect({ code, forms }).toEqual({ code: 60, forms: [] });
    expect(complained).toContain(SERVER_NAME);
  });

  it('tells the password nobody with a certificate of another CA of that name', async () => {
    const impostor = await mintCa({ name: 'orders CA' });
    const { code, forms } = await ask(impostor, SERVER_NAME);
    expect({ code, forms }).toEqual({ code: 60, forms: [] });
  });
});
