import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..', '..');

/** Signed in as Ada at the portal's HTTP API. */
async function signIn() {
  const { PortalApi } = await import(
    join(root, 'scripts', 'lib', 'portalApi.ts')
  );
  return PortalApi.signIn(process.env.PORTAL_BACKEND_URL, 'ada');
}

/** Changes an object of the sandbox past Ringfence, as `kubectl edit` would. */
export async function editObject(manifest: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly [field: string]: unknown;
}): Promise<void> {
  const api = await signIn();
  await api.post('/ringfence/sandbox/objects', manifest);
}

/** Puts back what was changed by hand, whatever a test came to. */
export async function repair(database: string): Promise<void> {
  const api = await signIn();
  const response = await api.request(
    `/ringfence/databases/${database}/repair`,
    {
      method: 'POST',
    },
  );
  await response.text();
}
