import { mockCredentials } from '@backstage/backend-test-utils';
import { actionsRegistryServiceMock } from '@backstage/backend-test-utils/alpha';
import { NotAllowedError } from '@backstage/errors';
import {
  fakeServices,
  REPORT,
  storedDatabase,
} from '../router/__testUtils__/startRouter';
import { registerActions, type ActionsDeps } from './registerActions';

const credentials = mockCredentials.user();
const REF = { kubernetesCluster: 'eu-1', namespace: 'orders' };
const database = {
  ...storedDatabase(),
  blueprint: {
    ...storedDatabase().blueprint,
    checks: () => [
      {
        id: 'certificate.served',
        reasons: { ExpiresSoon: 'Little of its lifetime is left.' },
      },
    ],
  },
} as unknown as ReturnType<typeof storedDatabase>;

function registered(
  requireRead: ActionsDeps['requireRead'] = async () => ({ sees: () => true }),
) {
  const registry = actionsRegistryServiceMock();
  const services = fakeServices([database]);
  services.reports.all.mockReturnValue([{ database, report: REPORT }]);
  registerActions({ registry, services, requireRead });
  return {
    registry,
    services,
    async invoke(name: string, input: object = {}) {
      const id = `test:${name}`;
      return (await registry.invoke({ id, input: input as never, credentials }))
        .output as any;
    },
  };
}

it('lists databases with the state of their fence', async () => {
  const { invoke } = registered();
  expect(await invoke('list-databases')).toEqual({
    databases: [expect.objectContaining({ ...REF, headline: REPORT.headline })],
    unreachable: [],
  });
});

it('gives the report as it is known, and has no probe run', async () => {
  const { invoke, services } = registered();
  expect(await invoke('get-report', REF)).toEqual(REPORT);
  expect(services.reports.read).toHaveBeenCalledWith(database, {
    refresh: false,
  });
});

it.each([
  ['what is not ok', {}],
  ['one check', { check: 'certificate.served' }],
])('explains %s with what its reason means', async (_what, more) => {
  const { invoke } = registered();
  const { headline, findings } = await invoke('explain-findings', {
    ...REF,
    ...more,
  });
  expect(headline).toBe(REPORT.headline);
  expect(findings).toEqual([
    { ...REPORT.findings[0], meaning: 'Little of its lifetime is left.' },
  ]);
});

it('says which checks there are where one is asked for that is not', async () => {
  const { invoke } = registered();
  await expect(
    invoke('explain-findings', { ...REF, check: 'moon.phase' }),
  ).rejects.toThrow('these are: certificate.served');
});

it('only reads, and says so', async () => {
  const { registry } = registered();
  const { actions } = await registry.list();
  expect(
    actions.map(({ name, attributes }) => [name, attributes.readOnly]),
  ).toEqual([
    ['list-databases', true],
    ['get-report', true],
    ['explain-findings', true],
  ]);
});

it.each(['list-databases', 'get-report', 'explain-findings'])(
  'asks for the permission of the caller before %s looks anywhere',
  async name => {
    const refuse = jest.fn(async (_credentials: unknown) => {
      throw new NotAllowedError('denied');
    });
    const { invoke, services } = registered(refuse);
    await expect(
      invoke(name, name === 'list-databases' ? {} : REF),
    ).rejects.toThrow('denied');
    expect(refuse).toHaveBeenCalledWith(credentials);
    expect(services.databases.list).not.toHaveBeenCalled();
    expect(services.databases.get).not.toHaveBeenCalled();
  },
);

it('shows nothing of a database that the policy keeps from who asks', async () => {
  const { invoke } = registered(async () => ({ sees: () => false }));
  expect(await invoke('list-databases')).toMatchObject({ databases: [] });
  for (const action of ['get-report', 'explain-findings']) {
    await expect(invoke(action, database.ref)).rejects.toThrow(
      'does not allow you to see database "eu-1/orders"',
    );
  }
});
