import { startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { scaffolderModuleRingfence } from './module';

it('adds its actions to the scaffolder, which shows their inputs and outputs', async () => {
  const addActions = jest.fn();
  await startTestBackend({
    extensionPoints: [[scaffolderActionsExtensionPoint, { addActions }]],
    features: [scaffolderModuleRingfence, catalogServiceMock.factory()],
  });
  const shown = addActions.mock.calls.flat().map(({ id, schema }) => ({
    id,
    inputs: Object.keys(schema.input.properties),
    outputs: Object.keys(schema.output.properties),
  }));
  const spec = ['blueprint', 'name', 'kubernetesCluster', 'namespace', 'owner'];
  expect(shown).toEqual([
    {
      id: 'ringfence:database:provision',
      inputs: spec,
      outputs: [
        ...['database', 'entityRef', 'gatewayAddresses', 'gatewayPorts'],
        ...['changed', 'manifests'],
      ],
    },
    {
      id: 'ringfence:database:render',
      inputs: [...spec, 'targetPath'],
      outputs: ['files'],
    },
    {
      id: 'ringfence:database:decommission',
      inputs: ['database', 'confirm', 'deleteVolumes'],
      outputs: ['database', 'entityRef', 'changed'],
    },
    {
      id: 'ringfence:credentials:issue',
      inputs: ['database', 'name', 'team', 'keyspaces', 'access'],
      outputs: ['role', 'secret'],
    },
  ]);
});
