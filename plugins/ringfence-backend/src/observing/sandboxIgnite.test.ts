import { createDatabaseTools } from '../tools';
import {
  SANDBOX_REF,
  startSandboxDatabase,
  type SandboxDatabase,
} from './__testUtils__/sandboxDatabase';

jest.setTimeout(120_000);

let database: SandboxDatabase;

beforeAll(async () => {
  database = await startSandboxDatabase('ignite-sidecar');
});

afterAll(async () => database?.sandbox.stop());

it('finds nothing wrong with an Ignite cluster that was just made', async () => {
  const { findings, headline, nodes } = await database.report();
  const troubles = findings
    .filter(({ status }) => status !== 'ok')
    .map(({ check, reason, summary }) => `${check} ${reason}: ${summary}`);
  expect(troubles).toEqual([]);
  expect(headline).toBe('Fenced');
  expect(nodes).toHaveLength(2);
});

it('changes nothing the second time', async () => {
  expect(new Set(await database.provision())).toEqual(new Set(['unchanged']));
});

it('takes the login of the application, and none that everybody knows', async () => {
  const tools = createDatabaseTools(database.sandbox.kubernetes, SANDBOX_REF, {
    protocol: 'ignite',
  });
  const via = { pod: 'orders-0', port: 10800 };
  const known = { username: 'ignite', password: 'ignite' };
  expect(await tools.tryLogin({ secret: 'orders-app' }, via)).toMatchObject({
    outcome: 'accepted',
  });
  expect(await tools.tryLogin(known, via)).toMatchObject({
    outcome: 'refused',
  });
  expect(await tools.tryLogin('anonymous', via)).toMatchObject({
    outcome: 'refused',
  });
  const session = await tools.ignite({ secret: 'orders-app' }, via);
  expect(await session.state()).toBe('ACTIVE');
  expect(await session.serverNodes()).toBe(2);
  await session.close();
});
