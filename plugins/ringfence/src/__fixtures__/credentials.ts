import type {
  IssuedClientCertificate,
  IssuedCredential,
  NewClientCertificate,
  NewCredential,
} from '@ringfence/backstage-plugin-ringfence-common';

const DAY_MS = 24 * 3_600_000;

/** Two roles of teams; one of them was rotated an hour ago. */
export function createCredentials(now = new Date()): IssuedCredential[] {
  const at = (offsetMs: number) =>
    new Date(now.getTime() + offsetMs).toISOString();
  return [
    {
      name: 'checkout',
      role: 'team_checkout_v2',
      secret: 'orders-credential-checkout',
      team: 'group:default/payments',
      keyspaces: ['carts', 'orders'],
      access: 'readWrite',
      issuedBy: 'user:default/ada',
      issuedAt: at(-DAY_MS / 24),
      previous: { role: 'team_checkout_v1', until: at((DAY_MS * 23) / 24) },
    },
    {
      name: 'reports',
      role: 'team_reports_v1',
      secret: 'orders-credential-reports',
      team: 'group:default/search',
      keyspaces: ['orders'],
      access: 'read',
      issuedBy: 'user:default/ada',
      issuedAt: at(-12 * DAY_MS),
    },
  ];
}

/** A third one, as it is told once. */
export function newCredential(now = new Date()): NewCredential {
  return {
    credential: {
      name: 'web',
      role: 'team_web_v1',
      secret: 'orders-credential-web',
      team: 'group:default/payments',
      keyspaces: ['carts'],
      access: 'read',
      issuedBy: 'user:default/ada',
      issuedAt: now.toISOString(),
    },
    password: 'told-once-k3J9',
  };
}

/** One client certificate that is valid, and one that is on its way. */
export function createClientCertificates(
  now = new Date(),
): IssuedClientCertificate[] {
  const at = (offsetMs: number) =>
    new Date(now.getTime() + offsetMs).toISOString();
  return [
    {
      team: 'checkout',
      secret: 'orders-client-checkout',
      issuedBy: 'user:default/ada',
      issuedAt: at(-DAY_MS),
      notAfter: at(6 * DAY_MS + DAY_MS / 24),
    },
    {
      team: 'reports',
      secret: 'orders-client-reports',
      issuedBy: 'user:default/ada',
      issuedAt: at(0),
    },
  ];
}

/** A further one with its key, as it is handed out. */
export function newClientCertificate(now = new Date()): NewClientCertificate {
  return {
    certificate: {
      team: 'web',
      secret: 'orders-client-web',
      issuedBy: 'user:default/ada',
      issuedAt: now.toISOString(),
      notAfter: new Date(now.getTime() + 7 * DAY_MS).toISOString(),
    },
    certificatePem: 'the certificate',
    keyPem: 'the key',
    keystore: 'YmFzZTY0',
  };
}
