import { startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { scaffolderModuleRingfence } from './module';

it('adds its actions to the scaffolder', async () => {
  const addActions = jest.fn();
  await startTestBackend({
    extensionPoints: [[scaffolderActionsExtensionPoint, { addActions }]],
    features: [scaffolderModuleRingfence, catalogServiceMock.factory()],
  });
  expect(addActions.mock.calls.flat().map(({ id }) => id)).toEqual([
    'ringfence:database:provision',
    'ringfence:database:render',
    'ringfence:database:decommission',
  ]);
});
