import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { AccessRecipe } from '@ringfence/backstage-plugin-ringfence-node';
import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import { probeWithoutCertificate } from './logins';
import type { ProbeContext } from './Probe';

const SERVER_NAME = 'orders.example.com';
const KEPT_OUT = { outcome: 'unreachable', message: 'certificate required' };

let ca: MintedCa;
let clients: MintedCa;
beforeAll(async () => {
  ca = await mintCa({ name: 'orders CA' });
  clients = await mintCa({ name: 'clients of orders' });
});

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach(server => server.close()));

/** REST over HTTPS, which may ask for a certificate. */
async function startRest({
  asks,
  maxVersion,
}: {
  asks: boolean;
  maxVersion?: 'TLSv1.2';
}) {
  const { certPem, keyPem } = await ca.issue({ dnsNames: [SERVER_NAME] });
  const server = createServer(
    {
      cert: certPem,
      key: keyPem,
      ...(maxVersion && { maxVersion }),
      ...(asks && {
        ca: clients.certPem,
        requestCert: true,
        rejectUnauthorized: true,
      }),
    },
    (_request, response) => response.writeHead(404).end(),
  );
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function probe(restPorts: number[]) {
  const access: Partial<AccessRecipe> = {
    protocol: 'ignite',
    exposure: 'tls',
    tlsPorts: [10800],
    restPorts,
    serverName: SERVER_NAME,
    certificate: 'orders',
    caSecret: 'orders-tls',
  };
  const context = {
    access,
    certificates: [
      {
        name: 'orders',
        secret: { known: true, value: { caPem: ca.certPem } },
      },
    ],
    objects: {
      gatewayAddresses: {
        known: true,
        value: [{ type: 'IPAddress', value: '127.0.0.1' }],
      },
    },
    tools: { tryLogin: async () => KEPT_OUT },
  } as unknown as ProbeContext;
  return probeWithoutCertificate(context, new AbortController().signal);
}

it('tells of REST that answers without a certificate, where thin clients need one', async () => {
  const port = await startRest({ asks: false });
  expect(await probe([port])).toEqual({
    outcome: 'refused',
    message: 'REST answered "HTTP/1.1 404 Not Found"',
  });
});

it.each([
  ['after the handshake, as in TLS 1.3', undefined],
  ['in the handshake, as in TLS 1.2', 'TLSv1.2' as const],
])('is kept out where REST asks for one %s', async (_name, maxVersion) => {
  const port = await startRest({ asks: true, maxVersion });
  expect(await probe([port])).toMatchObject({ outcome: 'unreachable' });
});

it('asks every port', async () => {
  const asks = await startRest({ asks: true });
  const open = await startRest({ asks: false });
  expect(await probe([asks, open])).toMatchObject({ outcome: 'refused' });
});

it('asks thin clients alone where there is no REST', async () => {
  expect(await probe([])).toEqual(KEPT_OUT);
});
