import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  authProvidersExtensionPoint,
  createProxyAuthenticator,
  createProxyAuthProviderFactory,
} from '@backstage/plugin-auth-node';

/** Says who signs in; see `packages/app/src/signIn`. */
const USER_HEADER = 'x-ringfence-demo-user';

interface DemoUser {
  readonly name: string;
}

function demoAuthenticator(users: readonly string[]) {
  return createProxyAuthenticator<undefined, DemoUser, undefined>({
    defaultProfileTransform: async () => ({ profile: {} }),
    initialize: () => undefined,
    async authenticate({ req }) {
      if (process.env.NODE_ENV !== 'development') {
        throw new NotAllowedError(
          'The demo sign-in works in development alone: it asks for no password',
        );
      }
      const name = req.header(USER_HEADER) ?? users[0];
      if (!users.includes(name)) {
        throw new NotAllowedError(
          `"${name}" is not one of the demo's users: ${users.join(', ')}`,
        );
      }
      return { result: { name } };
    },
  });
}

/** Signs in as one of `auth.providers.demo.users`, without a password. */
export default createBackendModule({
  pluginId: 'auth',
  moduleId: 'demo-provider',
  register(reg) {
    reg.registerInit({
      deps: {
        providers: authProvidersExtensionPoint,
        config: coreServices.rootConfig,
      },
      async init({ providers, config }) {
        const users = config.getStringArray('auth.providers.demo.users');
        providers.registerProvider({
          providerId: 'demo',
          factory: createProxyAuthProviderFactory<DemoUser>({
            authenticator: demoAuthenticator(users),
            signInResolver: ({ result }, context) =>
              context.signInWithCatalogUser({
                entityRef: { kind: 'User', name: result.name },
              }),
          }),
        });
      },
    });
  },
});
