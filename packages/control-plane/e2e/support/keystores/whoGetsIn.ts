/* eslint-disable jest/no-export -- who gets into a ring with TLS of its own, whoever made it */
import { once } from 'node:events';
import { connect } from 'node:net';
import { mintCa } from '@ringfence/connection/testUtils';
import type { Identity, StoredRing } from './StoredRing';

/** How a node begins: the protocol's magic number, then its version. */
const INTERNODE_HELLO = 'ca552dfa0000000c';
const STAYS_OPEN_MS = 1000;

/** Whom the tests are, and what they knock at. */
export interface Knocking {
  readonly ring: StoredRing;
  /** Of the database's own CA. */
  readonly client: Required<Identity>;
}

/** Logs in and reads. @throws where that is refused */
export async function query(
  ring: StoredRing,
  identity: Identity | undefined,
): Promise<number> {
  const driver = await ring.driver(identity);
  try {
    await driver.connect();
    const { rows } = await driver.execute('SELECT key FROM system.local');
    return rows.length;
  } finally {
    await driver.shutdown();
  }
}

const REFUSED = 'All host(s) tried for query failed';

/** Clients by their certificate, nodes by theirs. */
export function describeWhoGetsIn(knocking: () => Knocking): void {
  describe('who gets in', () => {
    describeClients(knocking);
    describeNodes(knocking);
  });
}

function describeClients(knocking: () => Knocking): void {
  it('is who shows a certificate of its CA', async () => {
    const { ring, client } = knocking();
    expect(await query(ring, client)).toBe(1);
  });

  it('is not who shows none', async () => {
    const { ring, client } = knocking();
    await expect(query(ring, { caPem: client.caPem })).rejects.toThrow(REFUSED);
  });

  it('is not who shows one of another CA', async () => {
    const { ring, client } = knocking();
    const other = await mintCa({ name: 'orders CA' });
    const { certPem, keyPem } = await other.issue({
      commonName: 'payments',
      usage: 'client',
    });
    const identity = { caPem: client.caPem, certificatePem: certPem, keyPem };
    await expect(query(ring, identity)).rejects.toThrow(REFUSED);
  });

  it('is not who speaks plaintext', async () => {
    await expect(query(knocking().ring, undefined)).rejects.toThrow(REFUSED);
  });
}

function describeNodes(knocking: () => Knocking): void {
  it('is, among nodes, who shows a certificate of their own CA', async () => {
    const { ring } = knocking();
    const peer = await ring.certificate('orders-internode-tls');
    const [address] = await ring.addresses();
    const socket = await ring.handshake(address, peer, ring.peer);
    const closed = once(socket, 'close').then(() => 'closed');
    const open = new Promise(resolve =>
      setTimeout(resolve, STAYS_OPEN_MS, 'open'),
    );
    expect(await Promise.race([closed, open])).toBe('open');
    socket.destroy();
  });

  it('is not a peer with a certificate of the CA of clients', async () => {
    const { ring, client } = knocking();
    const internode = await ring.certificate('orders-internode-tls');
    const [address] = await ring.addresses();
    const refused = async () => {
      const socket = await ring.handshake(
        address,
        { ...client, caPem: internode.caPem },
        ring.peer,
      );
      // In TLS 1.3 the server's answer to a certificate comes after the handshake.
      await once(socket, 'data');
    };
    await expect(refused()).rejects.toThrow(/alert|reset|ECONNRESET/);
  });

  it('is not a peer that speaks plaintext', async () => {
    const [address] = await knocking().ring.addresses();
    const socket = connect({ host: address, port: 7000 });
    await once(socket, 'connect');
    let answer = Buffer.alloc(0);
    socket.on('data', data => {
      answer = Buffer.concat([answer, data]);
    });
    socket.on('error', () => {});
    socket.write(Buffer.from(INTERNODE_HELLO, 'hex'));
    await once(socket, 'close');
    // Nothing, or an alert of TLS: never an answer of the protocol.
    expect(answer.includes(Buffer.from('ca552dfa', 'hex'))).toBe(false);
  });
}
