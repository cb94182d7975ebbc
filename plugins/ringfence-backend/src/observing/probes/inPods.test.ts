import type {
  CqlSession,
  ExecResult,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  healthyFacts,
  mintPki,
  type Pki,
} from '../../checks/__testUtils__/facts';
import { probeNameLookup } from './nameLookup';
import type { ProbeContext } from './Probe';
import { probeSchemas } from './schemas';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

function contextWith(tools: object): ProbeContext {
  const facts = healthyFacts(pki);
  return {
    namespace: 'orders',
    access: facts.access,
    observation: facts.observation,
    objects: facts,
    tools,
  } as unknown as ProbeContext;
}

describe('the name of the headless Service', () => {
  const lookUp = (result: Partial<ExecResult>) => {
    const exec = jest.fn(async () => ({
      exitCode: 0,
      stdout: '',
      stderr: '',
      ...result,
    }));
    return { exec, answer: probeNameLookup(contextWith({ exec })) };
  };

  it('is looked up in a pod', async () => {
    const { exec, answer } = lookUp({
      stdout:
        '10.244.0.10     STREAM orders.orders.svc.cluster.local\n10.244.0.10     DGRAM\n10.244.0.11     STREAM\n',
    });
    expect(await answer).toEqual({
      name: 'orders.orders.svc',
      pod: 'orders-0',
      addresses: ['10.244.0.10', '10.244.0.11'],
    });
    expect(exec).toHaveBeenCalledWith(
      expect.objectContaining({ pod: 'orders-0' }),
      ['getent', 'ahosts', 'orders.orders.svc'],
    );
  });

  it('has no address where getent says so', async () => {
    const { answer } = lookUp({ exitCode: 2 });
    expect(await answer).toMatchObject({ addresses: [] });
  });

  it.each([
    ['there is no getent', { exitCode: 127, stderr: 'getent: not found' }],
    ['the shell says 2 for reasons of its own', { exitCode: 2, stderr: 'no' }],
  ])('is not known where %s', async (_what, result) => {
    await expect(lookUp(result).answer).rejects.toThrow(
      `ended with ${result.exitCode} and printed: ${result.stderr}`,
    );
  });
});

describe('schema versions', () => {
  const A = '0d1f3a52-0c9b-3f5c-9f5e-7a8d4f3b2c1a';
  const B = '59adb24e-f3cd-3e02-97f0-5b395827453f';
  const session = (peers: object[]) => {
    const closed = jest.fn(async () => {});
    const cql: CqlSession = {
      execute: async query =>
        (query.includes('system.local')
          ? [{ broadcast_address: '10.0.0.1', schema_version: A }]
          : peers) as Array<Record<string, unknown>>,
      close: closed,
    };
    return { cql, closed };
  };
  const probe = (cql: () => Promise<CqlSession>, signal?: AbortSignal) =>
    probeSchemas(contextWith({ cql }), signal ?? new AbortController().signal);

  it.each([
    [
      'agree',
      [{ peer: '10.0.0.2', schema_version: A }],
      [{ version: A, nodes: ['10.0.0.1', '10.0.0.2'] }],
    ],
    [
      'differ',
      [{ peer: '10.0.0.2', schema_version: B }],
      [
        { version: A, nodes: ['10.0.0.1'] },
        { version: B, nodes: ['10.0.0.2'] },
      ],
    ],
    [
      'are not known of a node',
      [{ peer: '10.0.0.2', schema_version: null }],
      [
        { version: A, nodes: ['10.0.0.1'] },
        { version: 'UNREACHABLE', nodes: ['10.0.0.2'] },
      ],
    ],
  ])('%s', async (_what, peers, expected) => {
    const { cql, closed } = session(peers);
    expect(await probe(async () => cql)).toEqual(expected);
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('leave no session behind that opens when the time is over', async () => {
    const { cql, closed } = session([]);
    const late = new AbortController();
    let open: (session: CqlSession) => void = () => {};
    const opening = new Promise<CqlSession>(resolve => {
      open = resolve;
    });
    const answer = probe(() => opening, late.signal);
    late.abort();
    open(cql);
    await answer;
    expect(closed).toHaveBeenCalled();
  });
});
