import { createServiceFactory } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  catalogProcessingExtensionPoint,
  type EntityProvider,
} from '@backstage/plugin-catalog-node';
import { ringfenceServiceRef } from '@ringfence/backstage-plugin-ringfence-node';
import { catalogModuleRingfence } from './module';

async function start(catalog: object) {
  const scheduler = mockServices.scheduler.mock();
  scheduler.createScheduledTaskRunner.mockReturnValue({ run: async () => {} });
  const addEntityProvider = jest.fn<void, [EntityProvider]>();
  await startTestBackend({
    extensionPoints: [
      [catalogProcessingExtensionPoint, { addEntityProvider } as never],
    ],
    features: [
      catalogModuleRingfence,
      scheduler.factory,
      mockServices.rootConfig.factory({ data: { catalog } }),
      createServiceFactory({
        service: ringfenceServiceRef,
        deps: {},
        factory: () => ({} as never),
      }),
    ],
  });
  return { scheduler, provider: addEntityProvider.mock.calls[0][0] };
}

it.each([
  ['every 15 s', {}, { seconds: 15 }],
  [
    'as often as configured',
    {
      providers: {
        ringfence: {
          schedule: { frequency: 'PT2M', timeout: { seconds: 30 } },
        },
      },
    },
    { minutes: 2 },
  ],
])('adds a provider that lists %s', async (_often, config, frequency) => {
  const { scheduler, provider } = await start(config);
  expect(provider.getProviderName()).toBe('ringfence');
  expect(scheduler.createScheduledTaskRunner).toHaveBeenCalledWith(
    expect.objectContaining({ frequency }),
  );
});
