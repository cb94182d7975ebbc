import { once } from 'node:events';
import type tls from 'node:tls';
import { mintCa, type MintedCa } from '../testUtils';
import { NAME, Servers } from './__testUtils__/servers';
import { clientCertificateError } from './clientCertificate';
import { dial } from './dial';
import { DialError } from './DialError';
import { handshake } from './handshake';
import type { ClientCertificate, DialTarget } from './target';

const DAY_MS = 24 * 60 * 60 * 1000;

let servers: Servers;
let clients: MintedCa;

beforeAll(async () => {
  servers = await Servers.create();
  clients = await mintCa({ name: 'clients of orders' });
});

afterEach(() => servers.close());

async function certificate(
  issuer = clients,
  changes: { notBefore?: Date; notAfter?: Date } = {},
): Promise<ClientCertificate> {
  const { certPem, keyPem } = await issuer.issue({
    commonName: 'team-checkout',
    usage: 'client',
    ...changes,
  });
  return { certificatePem: certPem, keyPem };
}

const askForOne = (changes: tls.TlsOptions = {}) =>
  servers.serve(
    { dnsNames: [NAME] },
    {
      requestCert: true,
      rejectUnauthorized: true,
      ca: clients.certPem,
      ...changes,
    },
  );

/** What the server says of a connection: its greeting, or why there is none. */
async function answer(target: DialTarget): Promise<string> {
  const socket = await dial(target).catch((error: DialError) => error);
  if (socket instanceof DialError) return socket.code;
  const chunks: Buffer[] = [];
  socket.on('data', chunk => chunks.push(chunk));
  let ended: NodeJS.ErrnoException | undefined;
  socket.on('error', error => {
    ended = error;
  });
  if (!socket.closed) await once(socket, 'close').catch(() => {});
  const refused = ended && clientCertificateError(ended, target);
  return refused?.code ?? (Buffer.concat(chunks).toString() || 'closed');
}

it('shows the certificate where it is asked for one', async () => {
  const port = await askForOne();
  const clientCertificate = await certificate();
  expect(await answer(servers.target(port, { clientCertificate }))).toBe(
    `sni:${NAME}`,
  );
});

it('gets nothing without one where it is required', async () => {
  const port = await askForOne();
  expect(await answer(servers.target(port))).not.toContain('sni:');
});

it.each([
  ['another CA', async () => certificate(await mintCa({ name: 'others' }))],
  [
    'a time that is over',
    () =>
      certificate(clients, {
        notBefore: new Date(Date.now() - 9 * DAY_MS),
        notAfter: new Date(Date.now() - 2 * DAY_MS),
      }),
  ],
])('gets nothing with one of %s', async (_what, make) => {
  const port = await askForOne();
  const clientCertificate = await make();
  expect(
    await answer(servers.target(port, { clientCertificate })),
  ).not.toContain('sni:');
});

it.each([
  ['text', async () => ({ certificatePem: 'x', keyPem: 'y' })],
  [
    'the key of another one',
    async () => ({
      certificatePem: (await certificate()).certificatePem,
      keyPem: (await certificate()).keyPem,
    }),
  ],
])('refuses to dial with %s, and repeats none of it', async (_what, make) => {
  const target = servers.target(1, { clientCertificate: await make() });
  const port = await askForOne();
  await expect(dial({ ...target, port })).rejects.toMatchObject({
    code: 'InvalidClientCertificate',
    message: `Certificate and key of the client for 127.0.0.1:${port} are not PEM, or do not belong together`,
  });
});

it.each([
  [
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ClientCertificateMissing',
    'orders:9041 wants a certificate of the client, and none was shown',
  ],
  [
    'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED',
    'ClientCertificateRefused',
    'orders:9041 does not take the certificate of the client: it has expired',
  ],
  [
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'ClientCertificateRefused',
    'orders:9041 does not take the certificate of the client: it knows another CA',
  ],
])('has words for %s', (code, expected, message) => {
  const error = Object.assign(new Error(code), { code });
  const clientCertificate = { certificatePem: '', keyPem: '' };
  const target = { host: 'orders', port: 9041, clientCertificate };
  expect(clientCertificateError(error, target)).toMatchObject({
    code: expected,
    message,
  });
});

it('leaves other errors to others', () => {
  const error = Object.assign(new Error('x'), { code: 'ECONNRESET' });
  const target = { host: 'orders', port: 9041 };
  expect(clientCertificateError(error, target)).toBeUndefined();
});

/** OpenSSL 3.5 knows the hybrid. */
const [major, minor] = process.versions.openssl.split('.').map(Number);
const knowsHybrid = major > 3 || (major === 3 && minor >= 5);
const keyExchange = 'hybrid-required';

(knowsHybrid ? describe : describe.skip)(
  'with a hybrid key exchange required',
  () => {
    it('connects to a server that has it', async () => {
      const port = await servers.serve({ dnsNames: [NAME] });
      const target = servers.target(port, { keyExchange });
      expect(await answer(target)).toBe(`sni:${NAME}`);
      expect(await handshake(target)).toMatchObject({ verified: true });
    });

    it.each<[string, tls.TlsOptions]>([
      ['that has classical groups alone', { ecdhCurve: 'X25519:P-256' }],
      ['of TLS 1.2', { maxVersion: 'TLSv1.2' }],
    ])('refuses a server %s', async (_what, options) => {
      const port = await servers.serve({ dnsNames: [NAME] }, options);
      await expect(
        dial(servers.target(port, { keyExchange })),
      ).rejects.toMatchObject({
        step: 'tls',
        code: 'NoHybrid',
        message: `127.0.0.1:${port} does not agree on X25519MLKEM768, which this connection requires`,
      });
    });
  },
);

(knowsHybrid ? describe.skip : describe)(
  'with a hybrid key exchange required, on a runtime that lacks it',
  () => {
    it('refuses to dial', async () => {
      const port = await servers.serve({ dnsNames: [NAME] });
      await expect(
        dial(servers.target(port, { keyExchange })),
      ).rejects.toMatchObject({ code: 'NoHybrid' });
    });
  },
);
