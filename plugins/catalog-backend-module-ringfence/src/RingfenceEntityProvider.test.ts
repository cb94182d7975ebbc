import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { entityEnvelopeSchemaValidator } from '@backstage/catalog-model';
import type { EntityProviderConnection } from '@backstage/plugin-catalog-node';
import type { DatabaseSummary } from '@ringfence/backstage-plugin-ringfence-common';
import { RingfenceEntityProvider } from './RingfenceEntityProvider';
import { toEntity } from './toEntity';

const ORDERS: DatabaseSummary = {
  kubernetesCluster: 'eu-1',
  namespace: 'orders',
  name: 'orders',
  blueprint: 'scylladb-ambient',
  blueprintTitle: 'ScyllaDB in ambient mesh',
  owner: 'group:default/payments',
  state: 'ready',
};

async function connected(
  listDatabases: jest.Mock<
    Promise<{ databases: DatabaseSummary[]; unreachable: string[] }>
  >,
) {
  const events = mockServices.events.mock();
  const logger = mockServices.logger.mock();
  const schedule = { run: jest.fn() };
  const connection = {
    applyMutation: jest.fn(),
    refresh: jest.fn(),
  } satisfies EntityProviderConnection;
  const provider = new RingfenceEntityProvider({
    auth: mockServices.auth(),
    events,
    logger,
    ringfence: { listDatabases },
    schedule,
  });
  await provider.connect(connection);
  return {
    applyMutation: connection.applyMutation,
    logger,
    listDatabases,
    onSchedule: schedule.run.mock.calls[0][0].fn as () => Promise<void>,
    onEvent: () =>
      events.subscribe.mock.calls[0][0].onEvent({
        topic: 'ringfence.databases',
        eventPayload: { database: 'eu-1/orders' },
      }),
  };
}

const listing = (databases: DatabaseSummary[], unreachable: string[] = []) =>
  jest.fn().mockResolvedValue({ databases, unreachable });

it('gives the catalog all databases, and asks as the plugin itself', async () => {
  const { applyMutation, listDatabases, onSchedule } = await connected(
    listing([ORDERS]),
  );
  await onSchedule();
  expect(listDatabases).toHaveBeenCalledWith({
    credentials: mockCredentials.service('plugin:test'),
  });
  expect(applyMutation).toHaveBeenCalledWith({
    type: 'full',
    entities: [{ entity: toEntity(ORDERS), locationKey: 'ringfence' }],
  });
});

it('lists at once when a database changed', async () => {
  const { applyMutation, onEvent } = await connected(listing([ORDERS]));
  await onEvent();
  expect(applyMutation).toHaveBeenCalledTimes(1);
});

it('deletes nothing where a Kubernetes cluster could not be asked', async () => {
  const { applyMutation, logger, onSchedule } = await connected(
    listing([ORDERS], ['us-1']),
  );
  await onSchedule();
  expect(applyMutation).toHaveBeenCalledWith({
    type: 'delta',
    added: [{ entity: toEntity(ORDERS), locationKey: 'ringfence' }],
    removed: [],
  });
  expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('us-1'));
});

it('leaves the catalog alone where the listing fails, and tries again', async () => {
  const { applyMutation, logger, onSchedule } = await connected(
    jest
      .fn()
      .mockRejectedValueOnce(new Error('connect ECONNREFUSED'))
      .mockResolvedValue({ databases: [], unreachable: [] }),
  );
  await onSchedule();
  expect(applyMutation).not.toHaveBeenCalled();
  expect(logger.warn).toHaveBeenCalledTimes(1);
  await onSchedule();
  expect(applyMutation).toHaveBeenCalledWith({ type: 'full', entities: [] });
});

it('never lets an older listing overwrite a newer one', async () => {
  let answerFirst = (_databases: DatabaseSummary[]) => {};
  const first = new Promise<DatabaseSummary[]>(resolve => {
    answerFirst = resolve;
  });
  const { applyMutation, listDatabases, onSchedule, onEvent } = await connected(
    jest
      .fn()
      .mockImplementationOnce(async () => ({
        databases: await first,
        unreachable: [],
      }))
      .mockResolvedValue({ databases: [ORDERS], unreachable: [] }),
  );
  const both = Promise.all([onSchedule(), onEvent()]);
  answerFirst([]);
  await both;
  expect(listDatabases).toHaveBeenCalledTimes(2);
  expect(
    applyMutation.mock.calls.map(([{ entities }]) => entities.length),
  ).toEqual([0, 1]);
});

describe('the entity', () => {
  it('is a Resource of its blueprint, owned as the spec says', () => {
    expect(toEntity(ORDERS)).toMatchObject({
      kind: 'Resource',
      metadata: {
        name: 'eu-1.orders',
        title: 'orders',
        annotations: {
          'ringfence.dev/database': 'eu-1/orders',
          'ringfence.dev/blueprint': 'scylladb-ambient',
          'backstage.io/managed-by-location': 'ringfence:eu-1/orders',
          'backstage.io/managed-by-origin-location': 'ringfence:eu-1/orders',
          'backstage.io/kubernetes-cluster': 'eu-1',
          'backstage.io/kubernetes-namespace': 'orders',
        },
      },
      spec: { type: 'scylladb-ambient', owner: 'group:default/payments' },
    });
  });

  it.each([
    ['a short name', ORDERS],
    [
      'names at their longest',
      {
        ...ORDERS,
        kubernetesCluster: 'k'.repeat(63),
        namespace: 'n'.repeat(63),
      },
    ],
  ])('is one that the catalog takes, with %s', (_what, database) => {
    const entity = toEntity(database);
    expect(entityEnvelopeSchemaValidator()(entity)).toEqual(entity);
    expect(entity.metadata.name.length).toBeLessThanOrEqual(63);
  });
});
