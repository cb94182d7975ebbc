import { mockServices } from '@backstage/backend-test-utils';
import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { healthyFacts, mintPki } from '../checks/__testUtils__/facts';
import type { StoredDatabase } from '../databases/Databases';
import { ReportBook } from './ReportBook';

it('keeps no report that cannot be made anew', async () => {
  const facts = healthyFacts(await mintPki());
  const database = {
    ref: facts.database,
    spec: facts.spec,
    state: 'ready',
    blueprint: { checks: () => [] },
  } as unknown as StoredDatabase;
  const gather = jest.fn(async (): Promise<Facts> => facts);
  const logger = mockServices.logger.mock();
  const warned = new Promise<void>(resolve => {
    logger.warn.mockImplementation(() => resolve());
  });
  const book = new ReportBook({
    inventory: {
      all: () => [database],
      find: () => database,
      subscribe: () => () => {},
    },
    observer: { facts: gather },
    history: { recordFindings: async () => {} },
    logger,
    clock: () => facts.gatheredAt,
  });
  await book.read(database, { refresh: false });
  expect(book.all()).toMatchObject([{ report: { status: 'ok' } }]);
  gather.mockRejectedValue(new Error('its blueprint broke'));
  book.changed(database.ref);
  await warned;
  expect(book.all()).toEqual([{ database }]);
  await book.stop();
});
