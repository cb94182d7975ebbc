import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { handshake } from '@ringfence/connection/dial';
import type { DatabaseTools } from '@ringfence/backstage-plugin-ringfence-node';
import {
  certificateFacts,
  healthyFacts,
  mintPki,
  seen,
  SERVER_NAME,
  type Pki,
} from '../../checks/__testUtils__/facts';
import type { ProbeContext } from './Probe';
import { probeWire } from './wire';

let pki: Pki;
let tls: TlsOptions;
beforeAll(async () => {
  pki = await mintPki();
  const { certPem, keyPem } = await pki.ca.issue({ dnsNames: [SERVER_NAME] });
  tls = { cert: certPem, key: keyPem };
});

const servers: Array<{ close(): void }> = [];
afterEach(() => servers.splice(0).forEach(server => server.close()));

async function serve(options: TlsOptions): Promise<number> {
  const server = createServer({ ...tls, ...options }, socket => {
    socket.on('error', () => {});
    socket.end();
  });
  server.on('tlsClientError', () => {});
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function probe(
  port: number,
  shake: DatabaseTools['handshake'] = handshake,
  keyExchange?: 'hybrid-required',
) {
  const facts = healthyFacts(pki, { certificates: [certificateFacts(pki)] });
  const context = {
    access: {
      ...facts.access,
      certificate: 'orders',
      tlsPorts: [port],
      keyExchange,
    },
    objects: {
      gatewayAddresses: seen([{ type: 'IPAddress', value: '127.0.0.1' }]),
    },
    certificates: facts.certificates,
    tools: { handshake: shake },
  } as unknown as ProbeContext;
  return probeWire(context, new AbortController().signal);
}

const OLD = {
  minVersion: 'TLSv1',
  ciphers: 'DEFAULT@SECLEVEL=0',
} as const;

it.each<[string, TlsOptions, object]>([
  [
    'takes the hybrid and nothing old',
    { ecdhCurve: 'X25519MLKEM768:X25519' },
    { hybridKeyExchange: 'taken', legacyTaken: [] },
  ],
  [
    'has no hybrid',
    { ecdhCurve: 'X25519' },
    { hybridKeyExchange: 'refused', legacyTaken: [] },
  ],
  [
    'has nothing newer than TLS 1.2, which could agree on a key without any group',
    { maxVersion: 'TLSv1.2' },
    { hybridKeyExchange: 'refused', legacyTaken: [] },
  ],
  [
    'takes old versions',
    OLD,
    { hybridKeyExchange: 'taken', legacyTaken: ['TLSv1', 'TLSv1.1'] },
  ],
  [
    'takes one old version',
    { ...OLD, minVersion: 'TLSv1.1' },
    { hybridKeyExchange: 'taken', legacyTaken: ['TLSv1.1'] },
  ],
])('tells of a gateway that %s', async (_what, options, expected) => {
  const port = await serve(options);
  expect(await probe(port)).toEqual({
    port,
    handshakeMs: expect.any(Number),
    ...expected,
  });
});

it.each([
  [
    'cannot offer it',
    Object.assign(new Error('Failed to set ECDH curve'), {
      code: 'ERR_CRYPTO_OPERATION_FAILED',
    }),
  ],
  ['gets no answer', new Error('no answer within 5 s')],
])('does not call refused what this side %s', async (_what, error) => {
  const port = await serve({});
  const shake: DatabaseTools['handshake'] = target =>
    target.offer ? Promise.reject(error) : handshake(target);
  expect(await probe(port, shake)).toMatchObject({
    hybridKeyExchange: 'unknown',
    legacyTaken: [],
    legacyUntested: ['TLSv1', 'TLSv1.1'],
  });
});

it('says what it ran into where no handshake comes about at all', async () => {
  const server = createTcpServer(socket => socket.end('HTTP/1.1 400\r\n\r\n'));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(probe(port)).rejects.toThrow('does not speak TLS');
});

it.each([
  ['is not tried where nobody requires the hybrid', undefined, undefined],
  ['is taken', 'hybrid-required', 'taken'],
] as const)(
  'the classical key exchange %s',
  async (_what, required, outcome) => {
    const port = await serve({ ecdhCurve: 'X25519' });
    const facts = await probe(port, handshake, required);
    expect(facts.classicalKeyExchange).toBe(outcome);
  },
);

/** OpenSSL has the hybrid since 3.5, Node since 24. */
const knowsHybrid = Number(process.versions.node.split('.')[0]) >= 24;

(knowsHybrid ? describe : describe.skip)(
  'of a server with the hybrid alone',
  () => {
    it('takes no classical key exchange', async () => {
      const port = await serve({ ecdhCurve: 'X25519MLKEM768' });
      expect(await probe(port, handshake, 'hybrid-required')).toMatchObject({
        hybridKeyExchange: 'taken',
        classicalKeyExchange: 'refused',
      });
    });
  },
);
