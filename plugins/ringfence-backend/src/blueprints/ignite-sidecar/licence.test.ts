import {
  Secret,
  type DatabaseTools,
  type ProbeWait,
} from '@ringfence/backstage-plugin-ringfence-node';
import { exampleSpec } from './__fixtures__/spec';
import { licenceStage } from './licence';

const NOW = new Date('2026-06-01T12:00:00Z');

const licence = (inside: string) =>
  `<gridgain-license version="2.1">${inside}<signature>00</signature></gridgain-license>`;

function look(data: Record<string, string>, changes = {}) {
  const spec = exampleSpec({ product: 'gridgain', ...changes });
  const [wait] = licenceStage(spec, () => NOW).waits as ProbeWait[];
  const asked: string[] = [];
  const tools = {
    secret: async (name: string) => {
      asked.push(name);
      return Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, new Secret(value)]),
      );
    },
  } as unknown as DatabaseTools;
  const observed = { gatewayAddresses: [], secretHashes: {} };
  const { signal } = new AbortController();
  return { wait, asked, state: wait.probe(tools, observed, signal) };
}

it('is made of what the user gives, unless the spec names a Secret', () => {
  const given = exampleSpec({ product: 'gridgain' });
  expect(licenceStage(given).secrets).toEqual([
    expect.objectContaining({
      name: 'orders-licence',
      data: { 'license.xml': { from: 'given', field: 'gridgain.licence' } },
    }),
  ]);
  const named = exampleSpec({
    product: 'gridgain',
    gridgain: { licenceSecret: 'company-licence' },
  });
  expect(licenceStage(named).secrets).toEqual([]);
});

it('looks into the Secret that the spec names', async () => {
  const { asked, state } = look(
    { 'license.xml': licence('') },
    { gridgain: { licenceSecret: 'company-licence' } },
  );
  await state;
  expect(asked).toEqual(['company-licence']);
});

it.each([
  [
    'valid until 2026-07-01',
    '<expire-date>07/01/2026</expire-date><max-nodes>2</max-nodes>',
  ],
  ['valid without an end', ''],
])('lets nodes start with a licence that is %s', async (message, inside) => {
  const { state } = look({ 'license.xml': licence(inside) });
  expect(await state).toEqual({ state: 'done', message });
});

it.each([
  ['no key', {}, 'it has no key license.xml'],
  ['no XML', { 'license.xml': 'secret words' }, 'it is no XML'],
  [
    'one that has expired',
    { 'license.xml': licence('<expire-date>05/31/2026</expire-date>') },
    'it expired on 2026-05-31',
  ],
  [
    'one for fewer nodes',
    { 'license.xml': licence('<max-nodes>1</max-nodes>') },
    'it is for 1 nodes, and there are 2',
  ],
])('stops before anything is started with %s', async (_name, data, why) => {
  const state = await look(data as Record<string, string>).state;
  expect(state).toEqual({
    state: 'failed',
    why: `Secret "orders/orders-licence" cannot be used: ${why}`,
    remedy: expect.stringContaining(
      'kubectl create secret generic orders-licence -n orders --from-file=license.xml',
    ),
  });
  expect(JSON.stringify(state)).not.toContain('secret words');
});
