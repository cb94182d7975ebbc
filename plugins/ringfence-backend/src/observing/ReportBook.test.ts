import { mockServices } from '@backstage/backend-test-utils';
import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { healthyFacts, mintPki } from '../checks/__testUtils__/facts';
import type { StoredDatabase } from '../databases/Databases';
import { ReportBook, type ReportBookDeps } from './ReportBook';

let facts: Facts;
beforeAll(async () => {
  facts = healthyFacts(await mintPki());
});

function databaseIn(kubernetesCluster: string): StoredDatabase {
  return {
    ref: { ...facts.database, kubernetesCluster },
    spec: facts.spec,
    state: 'ready',
    blueprint: { checks: () => [] },
  } as unknown as StoredDatabase;
}

function setUp(
  databases: readonly StoredDatabase[],
  deps: Partial<ReportBookDeps> = {},
) {
  const gather = jest.fn(
    async (_database: StoredDatabase): Promise<Facts> => facts,
  );
  const takenIn = new Set(databases.map(({ ref }) => ref.kubernetesCluster));
  const logger = mockServices.logger.mock();
  const book = new ReportBook({
    inventory: {
      all: () => [...databases],
      unreadable: () => [],
      find: ({ kubernetesCluster }) =>
        databases.find(
          ({ ref }) => ref.kubernetesCluster === kubernetesCluster,
        ),
      isTakenIn: name => takenIn.has(name),
      subscribe: () => () => {},
    },
    observer: { facts: gather },
    logger,
    clock: () => facts.gatheredAt,
    ...deps,
  });
  const told = (kubernetesCluster: string) =>
    new Promise<void>(resolve => {
      book.subscribe(({ database }) => {
        if (database.ref.kubernetesCluster === kubernetesCluster) resolve();
      });
    });
  return { book, gather, takenIn, logger, told };
}

it('waits for no probe when somebody looks, and says whom somebody looks at', async () => {
  const database = databaseIn('eu-1');
  const viewed: unknown[] = [];
  const { book, gather } = setUp([database], {
    onView: ref => viewed.push(ref),
  });
  await book.read(database, { refresh: false });
  await book.facts(database);
  expect(gather.mock.calls).toEqual([
    [database, { refresh: false }],
    [database],
  ]);
  expect(viewed).toEqual([database.ref]);
});

it('makes no report by itself before watches have told, and all once they have', async () => {
  const database = databaseIn('eu-1');
  const { book, gather, takenIn, told } = setUp([database, databaseIn('us-1')]);
  takenIn.delete('eu-1');
  book.start();
  await told('us-1');
  expect(gather).toHaveBeenCalledTimes(1);
  takenIn.add('eu-1');
  const known = told('eu-1');
  book.changed({ kubernetesCluster: 'eu-1' });
  await known;
  expect(gather).toHaveBeenLastCalledWith(database, expect.anything());
  await book.stop();
});

it('makes the reports of others while a Kubernetes cluster hangs', async () => {
  const [hanging, other] = ['eu-1', 'us-1'].map(databaseIn);
  const { book, gather, told } = setUp([hanging, other]);
  let letGo: (known: Facts) => void = () => {};
  gather.mockReturnValueOnce(
    new Promise(resolve => {
      letGo = resolve;
    }),
  );
  book.changed(hanging.ref);
  book.changed(other.ref);
  await told('us-1');
  expect(gather.mock.calls.map(([database]) => database)).toEqual([
    hanging,
    other,
  ]);
  letGo(facts);
  await book.stop();
});

it('keeps no report that cannot be made anew', async () => {
  const database = databaseIn('eu-1');
  const { book, gather, logger } = setUp([database]);
  const warned = new Promise<void>(resolve => {
    logger.warn.mockImplementation(() => resolve());
  });
  await book.read(database, { refresh: false });
  expect(book.all()).toMatchObject([{ report: { status: 'ok' } }]);
  gather.mockRejectedValue(new Error('its blueprint broke'));
  book.changed(database.ref);
  await warned;
  expect(book.all()).toEqual([{ database }]);
  await book.stop();
});
