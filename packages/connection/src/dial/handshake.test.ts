import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { mintCa } from '../testUtils';
import { NAME, Servers } from './__testUtils__/servers';
import { handshake } from './handshake';

let servers: Servers;

beforeAll(async () => {
  servers = await Servers.create();
});

afterEach(() => servers.close());

describe('handshake', () => {
  it('shows what is served and that it verifies', async () => {
    const port = await servers.serve({ dnsNames: [NAME] });
    const shown = await handshake(servers.target(port));

    expect(shown.verificationError).toBeUndefined();
    expect(shown).toMatchObject({ protocol: 'TLSv1.3', verified: true });
    expect(shown.chainPem[0]).toBe(shown.certificatePem);
    expect(shown.cipher).toMatch(/^TLS_/);
  });

  it('shows an invalid certificate, too, and all that is wrong with it', async () => {
    const other = await mintCa({ name: 'another CA' });
    const port = await servers.serve(
      { dnsNames: ['payments.example.com'] },
      {},
      other,
    );
    const shown = await handshake(servers.target(port));

    expect(shown.verified).toBe(false);
    expect(shown.certificatePem).toContain('BEGIN CERTIFICATE');
    expect(shown.verificationError).toMatch(
      /was not issued by the CA to trust.*; .*is for payments\.example\.com/,
    );
  });

  it('shows the certificates that come with the leaf', async () => {
    const { certPem, keyPem } = await servers.ca.issue({ dnsNames: [NAME] });
    const port = await servers.listen(
      tls.createServer({ cert: certPem + servers.ca.certPem, key: keyPem }),
    );
    const shown = await handshake(servers.target(port));

    expect(shown.chainPem).toHaveLength(2);
    expect(shown.chainPem[1]).toBe(servers.ca.certPem.replace(/\r\n/g, '\n'));
  });

  it('sends nothing to a server that does not verify', async () => {
    const other = await mintCa({ name: 'another CA' });
    const { certPem, keyPem } = await other.issue({ dnsNames: [NAME] });
    const received: Buffer[] = [];
    const server = tls.createServer({ cert: certPem, key: keyPem }, socket => {
      socket.on('error', () => {});
      socket.on('data', chunk => received.push(chunk));
    });
    const port = await servers.listen(server);
    const accepted = once(server, 'secureConnection');
    await handshake(servers.target(port));
    const [socket] = await accepted;
    if (!socket.closed) await once(socket, 'close');

    expect(received).toEqual([]);
  });

  it('says where no handshake comes about', async () => {
    const port = await servers.listen(
      net.createServer(socket => socket.destroy()),
    );

    await expect(handshake(servers.target(port))).rejects.toMatchObject({
      code: 'Reset',
    });
  });
});
