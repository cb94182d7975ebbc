import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import { k8ssandra } from '.';
import { discoverPlatform } from '../../platform';
import { exampleSpec } from './__fixtures__/spec';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ ring: () => ({ stub: 'for a test' }) });
});
afterAll(() => sandbox?.stop());

it('is not offered in the sandbox, which has none of its operators, and says what would mend it', async () => {
  const platform = await discoverPlatform({
    kubernetes: sandbox.kubernetes,
    defaults: {},
  });
  const lacking = k8ssandra
    .requirements(exampleSpec(), platform)
    .filter(({ met, level }) => !met && level === 'required');
  expect(lacking.map(({ name }) => name)).toEqual([
    'k8ssandra-operator',
    'cass-operator',
  ]);
  for (const { remedy } of lacking) {
    expect(remedy?.command).toContain('helm upgrade --install');
  }
});
