import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import { constants } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { silentLog } from '../log';
import {
  dialTcp,
  dialTls,
  echo,
  exchange,
  serve,
  type TestServer,
} from '../__testUtils__/sockets';
import { until } from '../__testUtils__/until';
import { startGateway } from './startGateway';
import type { Gateway, GatewayOptions, TlsIdentity } from './types';

const NAME = 'orders.example.com';
/** OpenSSL has X25519MLKEM768 since 3.5, Node since 24. */
const HAS_HYBRID = Number(process.versions.node.split('.')[0]) >= 24;
const MIB = 1024 * 1024;

describe('gateway', () => {
  let ca: MintedCa;
  let identity: TlsIdentity;
  const toClose: Array<() => Promise<unknown>> = [];

  beforeAll(async () => {
    ca = await mintCa({ name: 'orders CA' });
    identity = await issue(ca);
  });

  afterEach(async () => {
    for (const close of toClose.splice(0)) await close();
  });

  async function issue(by: MintedCa): Promise<TlsIdentity> {
    const { certPem, keyPem } = await by.issue({
      commonName: NAME,
      dnsNames: [NAME],
    });
    return { certificatePem: certPem, keyPem };
  }

  async function upstream(
    onConnection: (socket: Socket) => void = echo,
  ): Promise<TestServer> {
    const server = await serve(onConnection);
    toClose.push(() => server.close());
    return server;
  }

  const toUpstream = ({ port }: { port: number }) => ({
    address: '127.0.0.1',
    port,
    workload: 'orders',
    namespace: 'orders',
    serviceAccount: 'orders',
  });

  async function gateway(
    upstreams: ReadonlyArray<{ port: number }>,
    options: Partial<GatewayOptions> = {},
  ): Promise<Gateway> {
    const started = await startGateway({
      address: '127.0.0.1',
      listeners: [{ name: 'cql-tls', port: 0, tls: identity }],
      upstreams: upstreams.map(toUpstream),
      identity: { workload: 'orders-gateway-istio', namespace: 'orders' },
      log: silentLog,
      ...options,
    });
    toClose.push(() => started.stop());
    return started;
  }

  const dial = (
    to: Gateway,
    options: Parameters<typeof dialTls>[1] = {},
  ): Promise<TLSSocket> =>
    dialTls(to.ports['cql-tls'], {
      ca: ca.certPem,
      servername: NAME,
      ...options,
    });

  it('ends TLS and passes bytes both ways', async () => {
    const client = await dial(await gateway([await upstream()]));
    expect(client.authorized).toBe(true);
    expect(await exchange(client, 'hello')).toBe('hello');
    client.destroy();
  });

  it('is not taken for genuine by who trusts another CA of the same name', async () => {
    const other = await mintCa({ name: 'orders CA' });
    const to = await gateway([await upstream()]);
    await expect(dial(to, { ca: other.certPem })).rejects.toThrow(
      /certificate signature failure|unable to verify|self-signed/,
    );
  });

  describe('with certificates of clients', () => {
    let clients: MintedCa;

    beforeAll(async () => {
      clients = await mintCa({ name: 'clients of orders' });
    });

    async function shown(by: MintedCa) {
      const { certPem, keyPem } = await by.issue({
        commonName: 'team',
        usage: 'client',
      });
      return { cert: certPem, key: keyPem };
    }

    const asking = async (required: boolean) => {
      const caPem = clients.certPem;
      const listener = { name: 'cql-tls', port: 0, tls: identity };
      return gateway([await upstream()], {
        listeners: [{ ...listener, clients: { caPem, required } }],
      });
    };

    /** `hello`, or nothing where the gateway ends the connection. */
    async function echoed(
      to: Gateway,
      options: Parameters<typeof dialTls>[1] = {},
    ): Promise<string | undefined> {
      try {
        const client = await dial(to, options);
        const ended = once(client, 'end').then(() => undefined);
        const answer = await Promise.race([exchange(client, 'hello'), ended]);
        client.destroy();
        return answer;
      } catch {
        return undefined;
      }
    }

    it.each([
      ['lets in who shows one of its CA', true, 'its CA', 'hello'],
      ['refuses who shows none', true, 'none', undefined],
      ['refuses one of another CA', true, 'another CA', undefined],
      ['lets in who shows one of its CA', false, 'its CA', 'hello'],
      ['lets in who shows none', false, 'none', 'hello'],
      ['refuses one of another CA', false, 'another CA', undefined],
    ])(
      '%s, where required is %s (%s)',
      async (_what, required, issuer, expected) => {
        const others = await mintCa({ name: 'clients of orders' });
        const by = issuer === 'its CA' ? clients : others;
        const certificate = issuer === 'none' ? {} : await shown(by);
        expect(await echoed(await asking(required), certificate)).toBe(
          expected,
        );
      },
    );

    it('asks for them once its listener says so', async () => {
      const to = await asking(false);
      const port = to.ports['cql-tls'];
      const caPem = clients.certPem;
      await to.setListeners([
        {
          name: 'cql-tls',
          port,
          tls: identity,
          clients: { caPem, required: true },
        },
      ]);
      expect(await echoed(to)).toBeUndefined();
      expect(await echoed(to, await shown(clients))).toBe('hello');
    });
  });

  it('needs no SNI', async () => {
    const to = await gateway([await upstream()]);
    const client = await dial(to, {
      servername: '',
      checkServerIdentity: (_host, certificate) =>
        certificate.subject.CN === NAME ? undefined : new Error('wrong name'),
    });
    expect(await exchange(client, 'hello')).toBe('hello');
    client.destroy();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s', async version => {
    const client = await dial(await gateway([await upstream()]), {
      minVersion: version,
      maxVersion: version,
    });
    expect(client.getProtocol()).toBe(version);
    client.destroy();
  });

  it('refuses TLS 1.1', async () => {
    const to = await gateway([await upstream()]);
    await expect(
      dial(to, {
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT:@SECLEVEL=0',
      }),
    ).rejects.toThrow(/protocol version/);
  });

  (HAS_HYBRID ? it : it.skip)(
    'agrees on X25519MLKEM768 where OpenSSL has it',
    async () => {
      const client = await dial(await gateway([await upstream()]), {
        ecdhCurve: 'X25519MLKEM768',
        secureOptions: constants.SSL_OP_NO_TLSv1_2,
      });
      // eslint-disable-next-line jest/no-standalone-expect
      expect(client.authorized).toBe(true);
      client.destroy();
    },
  );

  it('closes a connection that speaks plaintext to a TLS port', async () => {
    const server = await upstream();
    const to = await gateway([server]);
    const client = await dialTcp(to.ports['cql-tls']);
    const answer: Buffer[] = [];
    client.on('data', chunk => answer.push(chunk)).on('error', () => {});
    // OPTIONS of CQL v4.
    client.write(Buffer.from([4, 0, 0, 0, 5, 0, 0, 0, 0]));
    await once(client, 'close');
    // A TLS alert at most.
    expect(Buffer.concat(answer).subarray(0, 1)).toEqual(
      Buffer.concat(answer).length ? Buffer.from([0x15]) : Buffer.alloc(0),
    );
    expect(server.sockets).toHaveLength(0);
    expect(await exchange(await dial(to), 'hello')).toBe('hello');
  });

  it('shows a new certificate to new handshakes and keeps open connections', async () => {
    const to = await gateway([await upstream()]);
    const before = await dial(to);
    const serialBefore = before.getPeerCertificate().serialNumber;
    const session = once(before, 'session');
    expect(await exchange(before, 'one')).toBe('one');

    to.setCertificate('cql-tls', await issue(ca));
    const after = await dial(to, { session: (await session)[0] });
    expect(after.getPeerCertificate().serialNumber).not.toBe(serialBefore);
    expect(after.isSessionReused()).toBe(false);
    expect(await exchange(before, 'two')).toBe('two');
    before.destroy();
    after.destroy();
  });

  it('keeps the last good certificate when the new one cannot be used', async () => {
    const to = await gateway([await upstream()]);
    const { keyPem } = await issue(ca);
    expect(() => to.setCertificate('cql-tls', { ...identity, keyPem })).toThrow(
      /^Certificate of listener "cql-tls" cannot be used: .*key/,
    );
    const client = await dial(to);
    expect(client.authorized).toBe(true);
    client.destroy();
  });

  it.each([
    [
      'a listener that is not there',
      'other',
      /has no listener "other", only: cql/,
    ],
    ['a plaintext listener', 'cql', /"cql" takes plaintext/],
  ])(
    'has no certificate to replace for %s',
    async (_name, listener, message) => {
      const to = await gateway([], { listeners: [{ name: 'cql', port: 0 }] });
      expect(() => to.setCertificate(listener, identity)).toThrow(message);
    },
  );

  it('takes plaintext where a listener has no certificate', async () => {
    const to = await gateway([await upstream()], {
      listeners: [{ name: 'cql', port: 0 }],
    });
    const client = await dialTcp(to.ports.cql);
    expect(await exchange(client, 'hello')).toBe('hello');
    client.destroy();
  });

  it('takes upstreams in turn and skips one that refuses', async () => {
    const gone = await serve(echo);
    await gone.close();
    const servers = [await upstream(), await upstream()];
    const to = await gateway([servers[0], gone, servers[1]]);
    for (let count = 0; count < 6; count++) {
      const client = await dial(to);
      expect(await exchange(client, 'hello')).toBe('hello');
      client.destroy();
    }
    expect(servers.map(it => it.sockets.length)).toEqual([2, 4]);
  });

  it('closes a connection when no upstream answers, and warns why', async () => {
    const warnings: string[] = [];
    const to = await gateway([], {
      log: { ...silentLog, warn: message => warnings.push(message) },
    });
    const client = await dial(to);
    await once(
      client.resume().on('error', () => {}),
      'close',
    );
    expect(warnings).toEqual(['Gateway 127.0.0.1: there are no upstreams']);
  });

  it('sends new connections to new upstreams and leaves open ones where they are', async () => {
    const servers = [await upstream(), await upstream()];
    const to = await gateway([servers[0]]);
    const before = await dial(to);
    expect(await exchange(before, 'one')).toBe('one');
    to.setUpstreams([toUpstream(servers[1])]);
    const after = await dial(to);
    expect(await exchange(after, 'two')).toBe('two');
    expect(await exchange(before, 'three')).toBe('three');
    expect(servers.map(it => it.sockets.length)).toEqual([1, 1]);
    before.destroy();
    after.destroy();
  });

  it('passes the end of one direction on and keeps the other open', async () => {
    const server = await upstream(socket => {
      let text = '';
      socket.on('data', chunk => (text += chunk));
      socket.on('end', () => socket.end(`got ${text}`));
    });
    const client = await dial(await gateway([server]), {
      allowHalfOpen: true,
    });
    let answer = '';
    client.on('data', chunk => (answer += chunk));
    client.end('hello');
    await once(client, 'close');
    expect(answer).toBe('got hello');
  });

  it('closes the client when its upstream breaks off', async () => {
    const server = await upstream();
    const to = await gateway([server]);
    const client = await dial(to);
    await exchange(client, 'hello');
    server.sockets[0].resetAndDestroy();
    await once(
      client.on('error', () => {}),
      'close',
    );
    await until(() => to.openConnections === 0);
    expect(client.destroyed).toBe(true);
  });

  it('slows the upstream down while the client does not read', async () => {
    const total = 64 * MIB;
    const chunk = Buffer.alloc(MIB, 'x');
    let written = 0;
    const server = await upstream(socket => {
      const send = () => {
        while (written < total) {
          written += chunk.length;
          if (!socket.write(chunk)) break;
        }
        if (written >= total) socket.end();
      };
      socket.on('drain', send);
      send();
    });
    const client = await dial(await gateway([server]));
    await settled(() => written);
    expect(written).toBeLessThan(total / 2);

    let received = 0;
    client.on('data', part => (received += part.length));
    await once(client, 'end');
    expect(received).toBe(total);
    client.destroy();
  });

  it('opens and closes listeners as it is told', async () => {
    const to = await gateway([await upstream()]);
    const port = to.ports['cql-tls'];
    const kept = await dial(to);
    const renewed = await issue(ca);
    await to.setListeners([
      { name: 'cql-tls', port, tls: renewed },
      { name: 'cql', port: 0 },
    ]);
    expect(to.ports['cql-tls']).toBe(port);
    expect(await exchange(kept, 'hello')).toBe('hello');
    const plain = await dialTcp(to.ports.cql);
    expect(await exchange(plain, 'hello')).toBe('hello');

    const ended = once(plain.on('error', () => {}).resume(), 'close');
    const { cql } = to.ports;
    await to.setListeners([{ name: 'cql-tls', port, tls: renewed }]);
    await ended;
    await expect(dialTcp(cql)).rejects.toThrow(/ECONNREFUSED/);
    expect(await exchange(kept, 'hello')).toBe('hello');
    kept.destroy();
  });

  it('listens on nothing where one of its ports is taken', async () => {
    const taken = await upstream();
    await expect(
      gateway([], { listeners: [{ name: 'cql', port: taken.port }] }),
    ).rejects.toThrow(/EADDRINUSE/);
  });

  it('closes everything when it stops', async () => {
    const to = await gateway([await upstream()]);
    const port = to.ports['cql-tls'];
    const client = await dial(to);
    await exchange(client, 'hello');
    const closed = once(
      client.on('error', () => {}),
      'close',
    );
    await to.stop();
    await closed;
    await expect(dialTcp(port)).rejects.toThrow(/ECONNREFUSED/);
    expect(to.openConnections).toBe(0);
    await to.stop();
  });
});

/** Until a number no longer grows. */
async function settled(read: () => number): Promise<void> {
  let before = -1;
  let same = 0;
  await until(() => {
    same = read() === before ? same + 1 : 0;
    before = read();
    return same >= 5;
  });
}
