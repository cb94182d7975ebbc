import { mintCa } from '@ringfence/connection/testUtils';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import {
  findEnvoy,
  startEnvoyGateway,
  type EnvoyGateway,
} from '@ringfence/data-plane';

jest.setTimeout(120_000);

const ADDRESS = '127.77.0.1';
const PORT = 19041;
const NAME = 'orders.example.com';

/** Answers every byte with itself. */
async function startEcho(): Promise<Server> {
  const server = createServer(socket => socket.pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function dial(caPem: string): Promise<TLSSocket> {
  const socket = connect({
    host: ADDRESS,
    port: PORT,
    ca: [caPem],
    servername: NAME,
  });
  await once(socket, 'secureConnect');
  return socket;
}

async function echo(socket: TLSSocket, text: string): Promise<string> {
  socket.write(text);
  const [data] = await once(socket, 'data');
  return String(data);
}

describe('startEnvoyGateway', () => {
  let directory: string;
  let upstream: Server;
  let gateway: EnvoyGateway;
  let ca: Awaited<ReturnType<typeof mintCa>>;

  const issue = async () => {
    const { certPem, keyPem } = await ca.issue({
      commonName: NAME,
      dnsNames: [NAME],
    });
    return { certificatePem: certPem, keyPem };
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'envoy-gateway-'));
    upstream = await startEcho();
    ca = await mintCa({ name: 'Test CA' });
    gateway = await startEnvoyGateway({
      binary: await findEnvoy(),
      directory: join(directory, 'envoy'),
      logFile: join(directory, 'envoy.log'),
      address: ADDRESS,
      listeners: [{ name: 'cql-tls', port: PORT, tls: await issue() }],
      upstreams: [
        {
          address: '127.0.0.1',
          port: (upstream.address() as AddressInfo).port,
        } as any,
      ],
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    upstream?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('carries bytes to the upstream and back, verified', async () => {
    const socket = await dial(ca.certPem);
    expect(await echo(socket, 'hello')).toBe('hello');
    socket.destroy();
  });

  it('is not trusted by a client with another CA', async () => {
    const other = await mintCa({ name: 'Other CA' });
    await expect(dial(other.certPem)).rejects.toThrow(/certificate/);
  });

  it('serves a new certificate to new handshakes while an open connection stays', async () => {
    const before = await dial(ca.certPem);
    const renewed = await issue();
    const serial = before.getPeerCertificate().serialNumber;
    await gateway.setCertificate('cql-tls', renewed);
    let served = serial;
    while (served === serial) {
      const socket = await dial(ca.certPem);
      served = socket.getPeerCertificate().serialNumber;
      socket.destroy();
    }
    expect(served).not.toBe(serial);
    expect(await echo(before, 'still here')).toBe('still here');
    before.destroy();
  });

  it('counts connections', async () => {
    const stats = await gateway.stats();
    expect(stats['cluster.nodes.upstream_cx_total']).toBeGreaterThan(0);
  });
});
