import ReactDOM from 'react-dom/client';
import { ConfigReader } from '@backstage/config';
import { createApp } from '@backstage/frontend-defaults';
import {
  ApiBlueprint,
  PageBlueprint,
  createFrontendModule,
  createFrontendPlugin,
} from '@backstage/frontend-plugin-api';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { EntityProvider, catalogApiRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
// The page below is an app of its own.
// eslint-disable-next-line @backstage/no-ui-css-imports-in-non-frontend
import '@backstage/ui/css/styles.css';
import { ringfenceApiRef } from '../src/api';
import { FenceCard } from '../src/components/FenceCard/FenceCard';
import { FenceTab } from '../src/components/FenceTab/FenceTab';
import { KubernetesClusterPicker } from '../src/components/KubernetesClusterPicker';
import ringfencePlugin from '../src';
import { clientOf, resourceOf, unlinked } from '../src/__fixtures__/entities';
import { fakeApi, variants } from './fakes';

const Picker = () => (
  <KubernetesClusterPicker
    {...({
      schema: {},
      uiSchema: {},
      formData: 'eu-1',
      onChange: () => {},
      required: true,
    } as any)}
  />
);

const Variant = (props: { readonly name: string }) => {
  if (props.name === 'picker') return <Picker />;
  const [variant, side] = props.name.split('-');
  let entity =
    side === 'client' ? clientOf(`sandbox.${variant}`) : resourceOf(variant);
  if (variant === 'empty') entity = unlinked;
  return (
    <EntityProvider entity={entity}>
      {side === 'tab' ? <FenceTab /> : <FenceCard />}
    </EntityProvider>
  );
};

const ALL = [
  ...variants,
  'healthy-client',
  'failing-client',
  'expiring-tab',
  'ignite-tab',
  'empty',
  'picker',
];

/** `/?variant=failing` shows one of them alone. */
const DevPage = () => {
  const asked = new URLSearchParams(window.location.search).get('variant');
  return (
    <div style={{ display: 'grid', gap: 32, padding: 24 }}>
      {(asked ? [asked] : ALL).map(name => (
        <section key={name} id={name}>
          {!asked && <h2>{name}</h2>}
          <Variant name={name} />
        </section>
      ))}
    </div>
  );
};

const app = createApp({
  advanced: {
    configLoader: async () => ({
      config: new ConfigReader({
        app: {
          title: 'Ringfence',
          baseUrl: window.location.origin,
          extensions: [{ 'sign-in-page:app': false }],
        },
        backend: { baseUrl: window.location.origin },
      }),
    }),
  },
  features: [
    catalogPlugin,
    ringfencePlugin,
    createFrontendModule({
      pluginId: 'catalog',
      extensions: [
        ApiBlueprint.make({
          params: defineParams =>
            defineParams({
              api: catalogApiRef,
              deps: {},
              factory: () =>
                catalogApiMock({
                  entities: variants.map(resourceOf),
                }),
            }),
        }),
      ],
    }),
    createFrontendModule({
      pluginId: 'ringfence',
      extensions: [
        ApiBlueprint.make({
          params: defineParams =>
            defineParams({
              api: ringfenceApiRef,
              deps: {},
              factory: () => fakeApi,
            }),
        }),
      ],
    }),
    createFrontendPlugin({
      pluginId: 'dev',
      extensions: [
        PageBlueprint.make({
          params: { path: '/', loader: async () => <DevPage /> },
        }),
      ],
    }),
  ],
});

ReactDOM.createRoot(document.getElementById('root')!).render(app.createRoot());
