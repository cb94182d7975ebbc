import {
  plaintextRefused,
  type DatabaseTools,
  type KubernetesObject,
  type LoginResult,
} from '@ringfence/backstage-plugin-ringfence-node';
import { exampleSpec } from './__fixtures__/spec';
import { datacenterReady, deploymentRolledOut } from './waits';

const ref = {
  apiVersion: 'cassandra.datastax.com/v1beta1',
  kind: 'CassandraDatacenter',
  namespace: 'orders',
  name: 'orders',
};

const object = (
  status: object | undefined,
  generation = 2,
): KubernetesObject => ({
  apiVersion: ref.apiVersion,
  kind: ref.kind,
  metadata: { name: 'orders', namespace: 'orders', generation },
  spec: { replicas: 1 },
  status,
});

describe('waiting for cass-operator', () => {
  it.each<[string, KubernetesObject | undefined, object]>([
    [
      'is not there',
      undefined,
      {
        state: 'waiting',
        why: 'CassandraDatacenter "orders/orders" is not there yet',
      },
    ],
    [
      'nobody has taken up',
      object(undefined),
      { state: 'waiting', why: 'cass-operator has not taken it up' },
    ],
    [
      'is Ready of an earlier generation',
      object({ cassandraOperatorProgress: 'Ready', observedGeneration: 1 }),
      {
        state: 'waiting',
        why: 'cass-operator has not seen generation 2 yet',
      },
    ],
    [
      'is updating',
      object({ cassandraOperatorProgress: 'Updating', observedGeneration: 2 }),
      { state: 'waiting', why: 'cassandraOperatorProgress: Updating' },
    ],
    [
      'is Ready',
      object({ cassandraOperatorProgress: 'Ready', observedGeneration: 2 }),
      { state: 'done', message: 'Ready' },
    ],
  ])('knows a datacenter that %s', (_name, found, expected) => {
    const wait = datacenterReady(ref, { timeoutMs: 1 });
    expect(wait.evaluate(found, 0)).toEqual(expected);
  });
});

describe('waiting for a Deployment', () => {
  it.each<[string, object, string]>([
    ['one that nobody has seen', {}, 'waiting'],
    [
      'one whose pod is of the template before',
      { observedGeneration: 2, readyReplicas: 1 },
      'waiting',
    ],
    [
      'one whose pod is ready',
      { observedGeneration: 2, updatedReplicas: 1, readyReplicas: 1 },
      'done',
    ],
  ])('knows %s', (_name, status, expected) => {
    const wait = deploymentRolledOut({ ...ref, kind: 'Deployment' });
    expect(wait.evaluate(object(status), 0).state).toBe(expected);
  });
});

describe('waiting for plaintext to be refused', () => {
  it.each<[string, LoginResult, string]>([
    [
      'ends where nobody answers',
      { outcome: 'unreachable', message: 'the connection was closed' },
      'done',
    ],
    [
      'fails where a login is demanded: that was an answer',
      { outcome: 'refused', message: 'a login is demanded' },
      'failed',
    ],
    ['fails where anybody gets in', { outcome: 'accepted' }, 'failed'],
  ])('%s', async (_name, result, expected) => {
    const asked: unknown[] = [];
    const tools = {
      tryLogin: async (_login: unknown, via: unknown) => {
        asked.push(via);
        return result;
      },
    } as unknown as DatabaseTools;
    const state = await plaintextRefused(exampleSpec(), {
      pod: 'orders-orders-default-sts-0',
      port: 9042,
      remedy: 'See client_encryption_options',
    }).probe(
      tools,
      { gatewayAddresses: [], secretHashes: {} },
      new AbortController().signal,
    );
    expect(state.state).toBe(expected);
    expect(asked).toEqual([{ pod: 'orders-orders-default-sts-0', port: 9042 }]);
  });
});
