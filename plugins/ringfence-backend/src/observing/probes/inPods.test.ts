import type { ExecResult } from '@ringfence/backstage-plugin-ringfence-node';
import {
  healthyFacts,
  mintPki,
  type Pki,
} from '../../checks/__testUtils__/facts';
import { probeWithoutCertificate } from './logins';
import { probeNameLookup } from './nameLookup';
import type { ProbeContext } from './Probe';

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

it('tries every node that clients dial without a certificate', async () => {
  const tryLogin = jest.fn(async (_login: unknown, { pod }: any) => ({
    outcome: pod === 'orders-1' ? 'refused' : 'unreachable',
    message: pod,
  }));
  const context = contextWith({ tryLogin });
  const { access } = context;
  const direct = { ...context, access: { ...access, exposure: 'direct' } };
  const answer = await probeWithoutCertificate(
    direct as ProbeContext,
    new AbortController().signal,
  );
  expect(answer).toEqual({ outcome: 'refused', message: 'orders-1' });
});
