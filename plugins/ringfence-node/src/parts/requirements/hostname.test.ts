import type { Platform } from '../../platform';
import { requireHostname } from './hostname';

const platform = (dnsSuffix?: string) =>
  ({ kubernetesCluster: 'eu-1', defaults: { dnsSuffix } } as Platform);

it.each([
  ['passes one under the suffix', 'orders.db.example.com', true],
  ['passes one deeper under it', 'orders.eu.db.example.com', true],
  ['refuses one elsewhere', 'orders.example.com', false],
  [
    'refuses one that only ends in the same letters',
    'ordersdb.example.com',
    false,
  ],
  ['refuses the suffix itself', 'db.example.com', false],
])('%s', (_what, hostname, met) => {
  const spec = { name: 'orders', hostname };
  expect(requireHostname(spec, platform('db.example.com'))).toEqual([
    expect.objectContaining({
      level: 'required',
      field: 'access.hostname',
      met,
    }),
  ]);
});

it('says which suffix, and proposes a name under it', () => {
  const spec = { name: 'orders', hostname: 'orders.example.com' };
  expect(requireHostname(spec, platform('db.example.com'))).toMatchObject([
    {
      message:
        'Host name "orders.example.com" is not under db.example.com, the DNS suffix of Kubernetes cluster "eu-1"',
      remedy: {
        text: 'Choose one under db.example.com, such as orders.db.example.com',
      },
    },
  ]);
});

it('proposes a name where the spec has none, and stops nothing', () => {
  expect(
    requireHostname({ name: 'orders' }, platform('db.example.com')),
  ).toMatchObject([
    {
      level: 'note',
      met: false,
      remedy: {
        text: 'Choose one under db.example.com, such as orders.db.example.com',
      },
    },
  ]);
});

it('takes any where the portal names no suffix', () => {
  const spec = { name: 'orders', hostname: 'orders.example.com' };
  expect(requireHostname(spec, platform())).toEqual([]);
});
