import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import { cassandraKeystores } from '.';
import { discoverPlatform } from '../../platform';
import { exampleSpec } from './__fixtures__/spec';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ ring: () => ({ stub: 'for a test' }) });
});
afterAll(() => sandbox?.stop());

it('is not offered in the sandbox, which has no cass-operator, and says what would mend it', async () => {
  const platform = await discoverPlatform({
    kubernetes: sandbox.kubernetes,
    defaults: {},
  });
  const lacking = cassandraKeystores
    .requirements(exampleSpec(), platform)
    .filter(({ met, level }) => !met && level === 'required');
  expect(lacking).toEqual([
    expect.objectContaining({
      name: 'cass-operator',
      message: expect.stringContaining('cassandra.datastax.com'),
      remedy: expect.objectContaining({
        command: expect.stringContaining('helm install cass-operator'),
      }),
    }),
  ]);
});
