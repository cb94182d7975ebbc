import type { Database } from '@ringfence/backstage-plugin-ringfence-common';

/** What the gateway asks of clients. */
export type ClientCertificateMode = 'off' | 'optional' | 'required';

/** Reads it from a spec; a blueprint that knows nothing of it asks for none. */
export function clientCertificateMode(
  spec: Database['spec'],
): ClientCertificateMode {
  const { clientCertificates } = (spec.access ?? {}) as {
    clientCertificates?: unknown;
  };
  return clientCertificates === 'optional' || clientCertificates === 'required'
    ? clientCertificates
    : 'off';
}
