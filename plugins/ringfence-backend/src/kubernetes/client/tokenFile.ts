import { promises as fs } from 'node:fs';
import type { KubeConfig } from '@kubernetes/client-node';

const TOKEN_FILE_PROVIDER = 'ringfence-token-file';

/** For a user of a kubeconfig whose token is in a file. */
export const tokenFileProvider = (file: string) => ({
  name: TOKEN_FILE_PROVIDER,
  config: { file },
});

type Authenticator = Parameters<KubeConfig['addAuthenticator']>[0];

/** Reads the file at each use; the client's own keeps a token for a minute, and its line break for ever. */
export const tokenFileAuthenticator: Authenticator = {
  isAuthProvider: user => user.authProvider?.name === TOKEN_FILE_PROVIDER,
  applyAuthentication: async (user, options) => {
    const { file } = user.authProvider.config;
    const token = (await fs.readFile(file, 'utf8')).trim();
    options.headers = { ...options.headers, Authorization: `Bearer ${token}` };
  },
};
