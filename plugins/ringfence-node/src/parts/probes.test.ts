import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Observed, WaitState } from '../blueprint';
import { Secret } from '../secret';
import type { DatabaseTools, LoginResult } from '../tools';
import {
  handshakeVerifies,
  loginAccepted,
  loginRefused,
  ringIsUp,
  throughGateway,
} from './probes';

const SPEC = { name: 'orders', namespace: 'orders' };
const TARGET = {
  port: 9041,
  serverName: 'orders.example.com',
  caSecret: 'orders-tls',
};
const observed: Observed = {
  gatewayAddresses: [{ type: 'IPAddress', value: '203.0.113.10' }],
  secretHashes: {},
};
const signal = new AbortController().signal;
const asTools = (fake: object) => fake as unknown as DatabaseTools;

const ONE_NODE = readFileSync(
  join(__dirname, '__fixtures__/nodetool-status-cassandra.txt'),
  'utf8',
);

describe('ringIsUp', () => {
  const probe = (replicas: number, result: object) =>
    ringIsUp(SPEC, { container: 'scylla', replicas, timeoutMs: 1 }).probe(
      asTools({ exec: async () => result }),
      observed,
      signal,
    );

  it('holds where every node is Up and Normal', async () => {
    const result = { exitCode: 0, stdout: ONE_NODE, stderr: '' };
    await expect(probe(1, result)).resolves.toEqual({
      state: 'done',
      message: '1 nodes UN',
    });
  });

  it.each<[string, number, object, string]>([
    [
      'missing',
      2,
      { exitCode: 0, stdout: ONE_NODE, stderr: '' },
      '1 of 2 nodes UN (127.0.0.1 UN)',
    ],
    [
      'joining',
      1,
      { exitCode: 0, stdout: ONE_NODE.replace('UN ', 'UJ '), stderr: '' },
      '0 of 1 nodes UN (127.0.0.1 UJ)',
    ],
    [
      'left over',
      0,
      { exitCode: 0, stdout: ONE_NODE, stderr: '' },
      '1 of 0 nodes UN (127.0.0.1 UN)',
    ],
    [
      'not answering',
      1,
      { exitCode: 1, stdout: '', stderr: 'connection refused\n' },
      'nodetool status: connection refused',
    ],
  ])('waits for a node that is %s', async (_name, replicas, result, why) => {
    await expect(probe(replicas, result)).resolves.toEqual({
      state: 'waiting',
      why,
    });
  });
});

describe('handshakeVerifies', () => {
  const run = (handshake: jest.Mock, ca?: string) =>
    handshakeVerifies(TARGET).probe(
      asTools({
        handshake,
        secret: async () =>
          ca === undefined ? {} : { 'ca.crt': new Secret(ca) },
      }),
      observed,
      signal,
    );

  it("dials the gateway's address for the name that clients verify, with the CA of the Secret", async () => {
    const handshake = jest
      .fn()
      .mockResolvedValue({ verified: true, protocol: 'TLSv1.3' });
    await expect(run(handshake, 'PEM')).resolves.toEqual({
      state: 'done',
      message: 'TLSv1.3, verified',
    });
    expect(handshake).toHaveBeenCalledWith({
      host: '203.0.113.10',
      port: 9041,
      serverName: 'orders.example.com',
      caPem: 'PEM',
      signal,
    });
  });

  it('waits where nothing says whom to trust', async () => {
    const handshake = jest.fn();
    await expect(run(handshake)).resolves.toMatchObject({
      state: 'waiting',
      why: expect.stringContaining('has no ca.crt'),
    });
    expect(handshake).not.toHaveBeenCalled();
  });

  it('waits where it does not verify, with the reason', async () => {
    const handshake = jest.fn().mockResolvedValue({
      verified: false,
      verificationError: 'self-signed certificate',
    });
    await expect(run(handshake, 'PEM')).resolves.toEqual({
      state: 'waiting',
      why: 'self-signed certificate',
    });
  });

  it('waits where the gateway does not answer yet', async () => {
    const handshake = jest.fn().mockRejectedValue(new Error('refused'));
    await expect(run(handshake, 'PEM')).resolves.toEqual({
      state: 'waiting',
      why: 'refused',
    });
  });
});

describe('logins', () => {
  const proof = {
    what: 'Login',
    login: 'anonymous',
    route: throughGateway(TARGET),
  } as const;
  const answering = (result: LoginResult) =>
    asTools({ tryLogin: async () => result });
  const ACCEPTED: LoginResult = { outcome: 'accepted' };
  const REFUSED: LoginResult = { outcome: 'refused', message: 'bad password' };
  const UNREACHABLE: LoginResult = { outcome: 'unreachable', message: 'gone' };

  it.each<[string, LoginResult, WaitState['state'], WaitState['state']]>([
    ['accepted', ACCEPTED, 'done', 'failed'],
    ['refused', REFUSED, 'waiting', 'done'],
    ['unreachable', UNREACHABLE, 'waiting', 'waiting'],
  ])(
    'that are %s prove what they prove, and no more',
    async (_name, result, wanted, unwanted) => {
      const tools = answering(result);
      await expect(
        loginAccepted(proof).probe(tools, observed, signal),
      ).resolves.toMatchObject({ state: wanted });
      await expect(
        loginRefused(proof).probe(tools, observed, signal),
      ).resolves.toMatchObject({ state: unwanted });
    },
  );

  it("go through the gateway's address, verified", () => {
    expect(throughGateway(TARGET)(observed)).toEqual({
      host: '203.0.113.10',
      ...TARGET,
    });
    expect(() =>
      throughGateway(TARGET)({ ...observed, gatewayAddresses: [] }),
    ).toThrow('The gateway has no address');
  });
});
