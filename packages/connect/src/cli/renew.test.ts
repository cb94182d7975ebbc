import { X509Certificate } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { promises as fs } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import { zipSync } from 'fflate';
import { connectionFor } from '../__testUtils__/gateway';
import { readBundle } from '../bundle';
import { EXIT_CODES } from '../ConnectError';
import { runProgram } from './program';

const TOKEN = 'header.payload.signature';
const DAY_MS = 24 * 60 * 60 * 1000;

interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

let portalCa: MintedCa;
let clients: MintedCa;
let servers: MintedCa;
let portal: Server;
let folder: string;
let answer: Answer;
const asked: Array<{ path?: string; token?: string; body: string }> = [];
const output: string[] = [];

beforeAll(async () => {
  portalCa = await mintCa({ name: 'portal CA' });
  clients = await mintCa({ name: 'clients of orders' });
  servers = await mintCa({ name: 'orders CA' });
  const { certPem, keyPem } = await portalCa.issue({
    dnsNames: ['localhost'],
  });
  portal = createServer({ cert: certPem, key: keyPem }, (request, response) => {
    let body = '';
    request.on('data', chunk => (body += chunk));
    request.on('end', () => {
      const token = request.headers.authorization;
      asked.push({ path: request.url, token, body });
      response.writeHead(answer.status, answer.headers);
      response.end(JSON.stringify(answer.body));
    });
  });
  portal.listen(0, '127.0.0.1');
  await once(portal, 'listening');
});

afterAll(() => {
  portal.close();
  portal.closeAllConnections();
});

beforeEach(async () => {
  asked.length = 0;
  output.length = 0;
  folder = await fs.mkdtemp(join(tmpdir(), 'renew-'));
  await writeBundle(new Date(Date.now() + DAY_MS));
  answer = { status: 200, body: await newCertificate() };
});

afterEach(() => fs.rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const file = (name: string) => fs.readFile(at(name), 'utf8');

async function newCertificate(
  issuer = clients,
  request: { commonName?: string; dnsNames?: string[]; notAfter?: Date } = {},
) {
  const { certPem, keyPem } = await issuer.issue({
    commonName: 'checkout',
    dnsNames: ['checkout.clients'],
    notBefore: new Date(Date.now() - 9 * DAY_MS),
    notAfter: new Date(Date.now() + 7 * DAY_MS + 60_000),
    usage: 'client',
    ...request,
  });
  const keystore = Buffer.from('PKCS #12').toString('base64');
  return { certificatePem: certPem, keyPem, keystore };
}

async function writeBundle(notAfter: Date, host = 'localhost') {
  const { certificatePem, keyPem } = await newCertificate(clients, {
    notAfter,
  });
  const connection = connectionFor(9041, servers.certPem);
  const { port } = portal.address() as AddressInfo;
  await Promise.all([
    fs.writeFile(at('ca.crt'), servers.certPem),
    fs.writeFile(at('client.crt'), certificatePem),
    fs.writeFile(at('client.key'), keyPem, { mode: 0o600 }),
    fs.writeFile(at('client.p12'), 'old', { mode: 0o600 }),
    fs.writeFile(at('portal.crt'), portalCa.certPem),
    fs.writeFile(
      at('connection.json'),
      JSON.stringify({
        ...connection,
        tls: {
          ...connection.tls,
          clientCertificate: {
            certificateFile: 'client.crt',
            keyFile: 'client.key',
            keystoreFile: 'client.p12',
            team: 'checkout',
            notAfter: notAfter.toISOString(),
            renewUrl: `https://${host}:${port}/api/ringfence/databases/eu-1/orders/client-certificates`,
          },
        },
      }),
    ),
  ]);
}

const portalUrl = (host = 'localhost') =>
  `https://${host}:${(portal.address() as AddressInfo).port}`;

/** The command for the portal of these tests. */
const asking = (
  own = ['--portal', portalUrl(), '--portal-ca-file', at('portal.crt')],
) => ['renew', folder, ...own];

function run(
  args: string[] = asking(),
  environment: NodeJS.ProcessEnv = { RINGFENCE_TOKEN: TOKEN },
) {
  return runProgram(args, {
    print: line => output.push(line),
    printError: line => output.push(line),
    environment,
    now: () => new Date(),
    signals: new EventEmitter(),
    version: '1.2.3',
  });
}

it('puts the next certificate in the place of the one in the bundle', async () => {
  expect(await run()).toBe(EXIT_CODES.Ok);
  expect(asked).toEqual([
    {
      path: '/api/ringfence/databases/eu-1/orders/client-certificates',
      token: `Bearer ${TOKEN}`,
      body: '{"team":"checkout"}',
    },
  ]);
  expect(output[0]).toBe(
    'Client certificate of team "checkout" is renewed: it expires in 7 days',
  );
  const { certificatePem, keyPem } = answer.body as Record<string, string>;
  expect(await file('client.crt')).toBe(certificatePem);
  expect(await file('client.key')).toBe(keyPem);
  expect(await file('client.p12')).toBe('PKCS #12');
  const { connection, clientCertificate } = await readBundle(folder);
  expect(connection.tls.clientCertificate?.notAfter).toBe(
    new Date(new X509Certificate(certificatePem).validTo).toISOString(),
  );
  expect(clientCertificate).toEqual({ certificatePem, keyPem });
  const modeOf = async (name: string) =>
    ((await fs.stat(at(name))).mode % 0o1000).toString(8);
  expect(await modeOf('client.key')).toBe('600');
  expect(await modeOf('client.p12')).toBe('600');
  expect(await modeOf('client.crt')).toBe('644');
});

/** The folder as a zip, with a link to it that is given in its place. */
async function pack(): Promise<string> {
  const files: Record<string, Uint8Array> = {};
  for (const name of await fs.readdir(folder)) {
    files[`orders/${name}`] = await fs.readFile(at(name));
  }
  await fs.writeFile(at('orders.zip'), zipSync(files), { mode: 0o640 });
  await fs.symlink(at('orders.zip'), at('latest.zip'));
  return at('latest.zip');
}

it('renews in the zip itself, which stays as readable as it was', async () => {
  const zip = await pack();
  expect(await run(['renew', zip, ...asking().slice(2)])).toBe(EXIT_CODES.Ok);
  const { certificatePem, keyPem } = answer.body as Record<string, string>;
  const { connection, clientCertificate, caPem } = await readBundle(zip);
  expect(clientCertificate).toEqual({ certificatePem, keyPem });
  expect(caPem).toBe(servers.certPem);
  expect(connection.tls.clientCertificate?.notAfter).toBe(
    new Date(new X509Certificate(certificatePem).validTo).toISOString(),
  );
  // What was unpacked before is not touched.
  expect(await file('client.p12')).toBe('old');
  expect((await fs.lstat(zip)).isSymbolicLink()).toBe(true);
  expect((await fs.stat(zip)).mode % 0o1000).toBe(0o640);
  expect(output.at(-1)).toBe(`Try: ringfence-connect check ${zip}`);
  const left = await fs.readdir(folder);
  expect(left.filter(name => name.endsWith('.new'))).toEqual([]);
});

it('says so where a keystore is left that the portal alone makes', async () => {
  await fs.writeFile(at('client.jks'), 'old', { mode: 0o600 });
  expect(await run()).toBe(EXIT_CODES.Ok);
  expect(output[1]).toMatch(/^Not renewed: client\.jks, .*download the bundle/);
  expect(await file('client.jks')).toBe('old');
});

it('says that there is no bundle', async () => {
  const args = ['renew', at('no.zip'), ...asking().slice(2)];
  expect(await run(args)).toBe(EXIT_CODES.Usage);
  expect(output[0]).toContain(`Bundle "${at('no.zip')}" does not exist`);
});

it('renews one that has expired, which nothing else takes', async () => {
  await writeBundle(new Date(Date.now() - DAY_MS));
  expect(await run(['check', folder])).toBe(EXIT_CODES.Bundle);
  expect(output[0]).toMatch(
    /client certificate of team "checkout" expired on .*/,
  );
  expect(await run()).toBe(EXIT_CODES.Ok);
});

it('takes the token from a file', async () => {
  await fs.writeFile(at('token'), `${TOKEN}\n`, { mode: 0o600 });
  const args = [...asking(), '--token-file', at('token')];
  expect(await run(args, {})).toBe(0);
  expect(asked[0].token).toBe(`Bearer ${TOKEN}`);
});

/** Whatever ends it, what was there stays. */
async function refusal(
  ...args: Parameters<typeof run>
): Promise<{ code: number; said: string }> {
  const names = ['client.crt', 'client.key', 'client.p12', 'connection.json'];
  const before = await Promise.all(names.map(file));
  const listed = await fs.readdir(folder);
  const code = await run(...args);
  expect(await Promise.all(names.map(file))).toEqual(before);
  expect(await fs.readdir(folder)).toEqual(listed);
  const said = output.join('\n');
  expect(said).not.toContain(TOKEN);
  expect(said).not.toContain('PRIVATE KEY');
  return { code, said };
}

it.each<[string, () => Promise<Answer>, string]>([
  [
    'a refusal',
    async () => ({
      status: 403,
      body: { error: { message: `"${TOKEN}" is not an owner` } },
    }),
    'refused to renew the certificate (403: "[redacted]" is not an owner)',
  ],
  [
    'a page',
    async () => ({ status: 200, body: '<html>' }),
    'is no portal with Ringfence',
  ],
  [
    'a redirection',
    async () => ({
      status: 302,
      body: {},
      headers: { location: 'http://127.0.0.1:1' },
    }),
    'refused to renew the certificate (302)',
  ],
  [
    'the key of another',
    async () => ({
      status: 200,
      body: {
        ...(await newCertificate()),
        keyPem: (await newCertificate()).keyPem,
      },
    }),
    'its key does not belong to the certificate',
  ],
  [
    'one that has expired',
    async () => ({
      status: 200,
      body: await newCertificate(clients, {
        notAfter: new Date(Date.now() - 1000),
      }),
    }),
    'it expired on',
  ],
  [
    'one of another team',
    async () => ({
      status: 200,
      body: await newCertificate(clients, { dnsNames: ['others.clients'] }),
    }),
    'it is for DNS:others.clients, and the one here for DNS:checkout.clients',
  ],
  [
    'text',
    async () => ({ status: 200, body: { certificatePem: 'x', keyPem: 'y' } }),
    'it is not a certificate in PEM',
  ],
  [
    'no keystore',
    async () => ({
      status: 200,
      body: { ...(await newCertificate()), keystore: undefined },
    }),
    'it lacks client.p12, which the bundle has',
  ],
])('leaves what is there after %s', async (_what, make, message) => {
  answer = await make();
  const { code, said } = await refusal();
  expect(code).not.toBe(EXIT_CODES.Ok);
  expect(said).toContain(message);
});

it.each<[string, () => Promise<unknown>, string[], NodeJS.ProcessEnv, string]>([
  ['no token', async () => {}, [], {}, 'There is no token for the portal'],
  [
    'a token with a line break in it',
    async () => {},
    [],
    { RINGFENCE_TOKEN: 'a\r\nhost: b' },
    'There is no token for the portal',
  ],
  [
    'a portal that is not reached by TLS',
    async () => {
      const text = await file('connection.json');
      const changed = text.replace(portalUrl(), 'http://portal.test');
      await fs.writeFile(at('connection.json'), changed);
    },
    ['--portal', 'http://portal.test'],
    { RINGFENCE_TOKEN: TOKEN },
    'is not reached by TLS',
  ],
])(
  'asks nobody with %s',
  async (_what, prepare, args, environment, message) => {
    await prepare();
    const { code, said } = await refusal([...asking(), ...args], environment);
    expect(code).toBe(EXIT_CODES.Usage);
    expect(said).toContain(message);
    expect(asked).toEqual([]);
  },
);

it('sends nothing to a portal that does not verify', async () => {
  const { code, said } = await refusal(asking(['--portal', portalUrl()]));
  expect(code).toBe(EXIT_CODES.Unverified);
  expect(said).toContain('Give the CA of the portal with --portal-ca-file');
  await writeBundle(new Date(Date.now() + DAY_MS), '127.0.0.1');
  const byAddress = [...asking(), '--portal', portalUrl('127.0.0.1')];
  expect((await refusal(byAddress)).code).toBe(EXIT_CODES.Unverified);
  expect(asked).toEqual([]);
});

it('verifies the portal where Node is told to verify nobody', async () => {
  const name = 'NODE_TLS_REJECT_UNAUTHORIZED';
  const before = process.env[name];
  process.env[name] = '0';
  try {
    const { code } = await refusal(asking(['--portal', portalUrl()]));
    expect(code).toBe(EXIT_CODES.Unverified);
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
  expect(asked).toEqual([]);
});

it.each<[string, () => string[], string]>([
  ['no portal', () => [], 'Where that is your portal, say so with --portal'],
  [
    'another portal than that of the token',
    () => ['--portal', 'https://portal.example.com'],
    'is not the portal "https://portal.example.com"',
  ],
  ['what is no address', () => ['--portal', 'localhost'], 'is not the portal'],
])('sends the token nowhere with %s', async (_what, own, message) => {
  const ca = ['--portal-ca-file', at('portal.crt')];
  const { code, said } = await refusal(asking([...own(), ...ca]));
  expect(code).toBe(EXIT_CODES.Usage);
  expect(said).toContain(message);
  expect(asked).toEqual([]);
});

it.each(['', 'connection.json'])(
  'takes the word of no bundle that others can change: %j',
  async name => {
    await fs.chmod(at(name), name ? 0o666 : 0o777);
    const { code, said } = await refusal();
    expect(code).toBe(EXIT_CODES.Bundle);
    expect(said).toContain('can be changed by every user of this machine');
    expect(asked).toEqual([]);
  },
);

it('says nothing of a token that an error has at its cut', async () => {
  const message = `${'x'.repeat(490)} ${TOKEN}`;
  answer = { status: 403, body: { error: { message } } };
  const { said } = await refusal();
  expect(said).not.toContain(TOKEN.slice(0, 6));
});

it('says that a bundle has nothing to renew', async () => {
  const connection = connectionFor(9041, servers.certPem);
  await fs.writeFile(at('connection.json'), JSON.stringify(connection));
  const { code, said } = await refusal();
  expect(code).toBe(EXIT_CODES.Bundle);
  expect(said).toContain('has no client certificate that the portal renews');
});
