import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';
import { demoUser } from './demoUser';

/** Signs in without asking: the demo's people have no passwords. */
const signInPage = SignInPageBlueprint.make({
  params: {
    loader: async () => {
      const { ProxiedSignInPage } = await import('@backstage/core-components');
      const user = demoUser();
      // Read by the demo's auth provider, see `packages/backend/src/demo/signIn`.
      const headers: Record<string, string> = user
        ? { 'x-ringfence-demo-user': user }
        : {};
      return props => (
        <ProxiedSignInPage {...props} provider="demo" headers={headers} />
      );
    },
  },
});

export const signInModule = createFrontendModule({
  pluginId: 'app',
  extensions: [signInPage],
});
