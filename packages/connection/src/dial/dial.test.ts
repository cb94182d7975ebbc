import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { mintCa } from '../testUtils';
import { NAME, Servers } from './__testUtils__/servers';
import { dial } from './dial';
import { DialError } from './DialError';
import type { DialOptions, DialTarget } from './target';
import { describeTls } from './tls';

const DAY_MS = 24 * 60 * 60 * 1000;
const now = Date.now();

let servers: Servers;

beforeAll(async () => {
  servers = await Servers.create();
});

afterEach(() => servers.close());

async function refusal(
  where: DialTarget,
  options?: DialOptions,
): Promise<DialError> {
  const error = await dial(where, options).then(
    socket => {
      socket.destroy();
      throw new Error('dial went through');
    },
    reason => reason,
  );
  expect(error).toBeInstanceOf(DialError);
  expect(error.remedy).not.toBe('');
  return error;
}

async function greeting(socket: tls.TLSSocket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

describe('dial', () => {
  it('gives a verified socket of TLS 1.3 and sends the name as SNI', async () => {
    const port = await servers.serve({ dnsNames: [NAME] });
    const socket = await dial(servers.target(port));

    expect(socket.authorized).toBe(true);
    expect(describeTls(socket)).toMatch(/^TLS 1\.3, X25519/);
    expect(await greeting(socket)).toBe(`sni:${NAME}`);
  });

  it('gives a socket that may break before anybody listens', async () => {
    const { certPem, keyPem } = await servers.ca.issue({ dnsNames: [NAME] });
    const server = tls.createServer({ cert: certPem, key: keyPem });
    server.on('connection', (tcp: net.Socket) =>
      server.once('secureConnection', () => tcp.resetAndDestroy()),
    );
    const port = await servers.listen(server);
    const socket = await dial(servers.target(port));
    await new Promise<void>(resolve => {
      if (socket.closed) resolve();
      else socket.once('close', () => resolve());
      socket.resume();
    });
    expect(socket.errored).toMatchObject({ code: 'ECONNRESET' });
  });

  it('takes TLS 1.2 where there is nothing newer', async () => {
    const port = await servers.serve(
      { dnsNames: [NAME] },
      { maxVersion: 'TLSv1.2' },
    );
    const socket = await dial(servers.target(port));

    expect(describeTls(socket)).toBe('TLS 1.2, X25519');
    socket.destroy();
  });

  it('refuses TLS 1.2 where the connection asks for 1.3', async () => {
    const port = await servers.serve(
      { dnsNames: [NAME] },
      { maxVersion: 'TLSv1.2' },
    );

    expect(
      await refusal(servers.target(port, { minVersion: 'TLSv1.3' })),
    ).toMatchObject({
      step: 'tls',
      code: 'ProtocolTooOld',
      message: `127.0.0.1:${port} speaks no version of TLS from TLS 1.3 on`,
    });
  });

  it('refuses a server that has nothing newer than TLS 1.1', async () => {
    const port = await servers.serve(
      { dnsNames: [NAME] },
      {
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT:@SECLEVEL=0',
      },
    );

    expect(await refusal(servers.target(port))).toMatchObject({
      code: 'ProtocolTooOld',
    });
  });

  it('verifies an IP address as the name, without SNI', async () => {
    const port = await servers.serve({ ipAddresses: ['127.0.0.1'] });
    const socket = await dial(
      servers.target(port, { serverName: '127.0.0.1' }),
    );

    expect(socket.authorized).toBe(true);
    expect(await greeting(socket)).toBe('sni:false');
  });

  it('refuses an IP address that the certificate does not have', async () => {
    const port = await servers.serve({ ipAddresses: ['127.0.0.2'] });

    expect(
      await refusal(servers.target(port, { serverName: '127.0.0.1' })),
    ).toMatchObject({
      step: 'name',
      code: 'NameMismatch',
      message: `Certificate of 127.0.0.1:${port} is for 127.0.0.2, not for "127.0.0.1"`,
    });
  });

  it('refuses another name and says which ones the certificate has', async () => {
    const port = await servers.serve({
      dnsNames: ['payments.example.com', 'payments.svc'],
      ipAddresses: ['127.0.0.1'],
    });

    expect(await refusal(servers.target(port))).toMatchObject({
      step: 'name',
      code: 'NameMismatch',
      message: `Certificate of 127.0.0.1:${port} is for payments.example.com, payments.svc, 127.0.0.1, not for "${NAME}"`,
    });
  });

  it('refuses a certificate of another CA and names both', async () => {
    const other = await mintCa({ name: 'another CA' });
    const port = await servers.serve({ dnsNames: [NAME] }, {}, other);

    expect(await refusal(servers.target(port))).toMatchObject({
      step: 'chain',
      code: 'UnknownAuthority',
      message: expect.stringContaining(
        `Certificate of 127.0.0.1:${port} (its issuer: "another CA") was not issued by the CA to trust, "orders CA"`,
      ),
    });
  });

  it('refuses a certificate of a CA that only has the same name', async () => {
    const impostor = await mintCa({ name: 'orders CA' });
    const port = await servers.serve({ dnsNames: [NAME] }, {}, impostor);

    expect(await refusal(servers.target(port))).toMatchObject({
      step: 'chain',
      code: 'UnknownAuthority',
    });
  });

  it('takes any of several CAs, so that one can replace another', async () => {
    const next = await mintCa({ name: 'next CA' });
    const port = await servers.serve({ dnsNames: [NAME] }, {}, next);
    const socket = await dial(
      servers.target(port, { caPem: servers.ca.certPem + next.certPem }),
    );

    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  it('refuses an expired certificate and says since when', async () => {
    const notAfter = new Date(now - DAY_MS);
    const port = await servers.serve({
      dnsNames: [NAME],
      notBefore: new Date(now - 30 * DAY_MS),
      notAfter,
    });
    const minute = notAfter.toISOString().slice(0, 16).replace('T', ' ');

    expect(await refusal(servers.target(port))).toMatchObject({
      step: 'expiry',
      code: 'Expired',
      message: `Certificate of 127.0.0.1:${port} expired on ${minute} UTC`,
    });
  });

  it('says so where it is the CA that has expired', async () => {
    const old = await mintCa({
      name: 'old CA',
      notBefore: new Date(now - 30 * DAY_MS),
      notAfter: new Date(now - DAY_MS),
    });
    const port = await servers.serve({ dnsNames: [NAME] }, {}, old);

    expect(
      await refusal(servers.target(port, { caPem: old.certPem })),
    ).toMatchObject({
      step: 'expiry',
      code: 'Expired',
      message: expect.stringContaining('CA "old CA" for 127.0.0.1:'),
    });
  });

  it('refuses a certificate that is not valid yet', async () => {
    const port = await servers.serve({
      dnsNames: [NAME],
      notBefore: new Date(now + DAY_MS),
    });

    expect(await refusal(servers.target(port))).toMatchObject({
      step: 'expiry',
      code: 'NotYetValid',
    });
  });

  it.each([
    ['nothing', ''],
    ['something else', 'no certificate at all'],
    [
      'a broken certificate',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    ],
  ])(
    'trusts nobody where the CA is %s, rather than the public authorities',
    async (_what, caPem) => {
      expect(await refusal(servers.target(1, { caPem }))).toMatchObject({
        step: 'ca',
        code: 'InvalidCa',
      });
    },
  );

  it('says that a name has no address', async () => {
    // RFC 6761: this top-level domain never has one.
    expect(
      await refusal(servers.target(9041, { host: 'orders.invalid' })),
    ).toMatchObject({ step: 'dns' });
  });

  it('says that nothing listens', async () => {
    const server = net.createServer();
    const port = await servers.listen(server);
    server.close();
    await once(server, 'close');

    expect(await refusal(servers.target(port))).toMatchObject({
      step: 'tcp',
      code: 'Refused',
      message: `Connection to 127.0.0.1:${port} was refused: nothing listens there`,
    });
  });

  it('gives up on a server that never answers the handshake', async () => {
    const port = await servers.listen(net.createServer());

    expect(
      await refusal(servers.target(port), { timeoutMs: 50 }),
    ).toMatchObject({
      step: 'tls',
      code: 'TimedOut',
      message: `TLS handshake with 127.0.0.1:${port} did not end within 50 ms`,
    });
  });

  it.each<[string, (socket: net.Socket) => void]>([
    ['ends', socket => socket.end()],
    ['resets', socket => socket.resetAndDestroy()],
  ])('says that the other side %s the connection', async (_how, close) => {
    const port = await servers.listen(
      net.createServer(socket => socket.once('data', () => close(socket))),
    );

    expect(await refusal(servers.target(port))).toMatchObject({
      step: 'tls',
      code: 'Reset',
      message: `127.0.0.1:${port} closed the connection during the TLS handshake`,
    });
  });

  it.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    // Protocol error, version 5, as Cassandra answers a ClientHello.
    ['CQL', Buffer.from('85000000000000000a0000000a0004736f7272', 'hex')],
  ])('says that a server of %s speaks no TLS', async (_what, answer) => {
    const port = await servers.listen(
      net.createServer(socket =>
        socket.once('data', () => socket.write(answer)),
      ),
    );

    expect(await refusal(servers.target(port))).toMatchObject({
      step: 'tls',
      code: 'NotTls',
    });
  });

  it('ends with the reason of the signal', async () => {
    const server = net.createServer();
    const port = await servers.listen(server);
    const controller = new AbortController();
    const attempt = dial(servers.target(port), { signal: controller.signal });
    await once(server, 'connection');
    controller.abort(new Error('no longer wanted'));

    await expect(attempt).rejects.toThrow('no longer wanted');
  });
});
