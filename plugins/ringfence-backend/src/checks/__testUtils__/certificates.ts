import type {
  CertificateFacts,
  Fact,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import { NAMESPACE } from './objects';

/** The moment at which all checks are asked in tests. */
export const NOW = new Date('2026-06-01T12:00:00Z');

const DAY_MS = 24 * 60 * 60_000;

/** A moment some days from {@link NOW}. */
export function days(count: number): Date {
  return new Date(NOW.getTime() + count * DAY_MS);
}

/** Something that was seen at {@link NOW}. */
export function seen<T>(value: T): Fact<T> {
  return { known: true, value, at: NOW };
}

/** Something that could not be looked at. */
export const FORBIDDEN = {
  known: false,
  why: 'get is forbidden',
  remedy: 'Grant it.',
  at: NOW,
} as const;

/** The name that clients of the database of tests verify. */
export const SERVER_NAME = 'orders.example.com';

/** A CA and certificates under it, minted once for a test file. */
export interface Pki {
  readonly ca: MintedCa;
  /** Valid for 90 days, 61 of them left. */
  readonly leafPem: string;
  /** Signs a certificate for the access name with other dates or names. */
  issue(request?: {
    notBefore?: Date;
    notAfter?: Date;
    dnsNames?: string[];
    ipAddresses?: string[];
  }): Promise<string>;
}

/** Mints a CA that is valid for years around {@link NOW}. */
export async function mintPki(): Promise<Pki> {
  const ca = await mintCa({
    name: 'orders CA',
    notBefore: days(-30),
    notAfter: days(3650),
  });
  const issue: Pki['issue'] = async (request = {}) => {
    const { certPem } = await ca.issue({
      commonName: SERVER_NAME,
      dnsNames: [SERVER_NAME],
      ipAddresses: ['203.0.113.11'],
      notBefore: days(-29),
      notAfter: days(61),
      ...request,
    });
    return certPem;
  };
  return { ca, issue, leafPem: await issue() };
}

/** A Certificate of cert-manager that is Ready. */
export function certificateObject(
  name: string,
  status: Record<string, unknown> = {},
): KubernetesObject {
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name, namespace: NAMESPACE },
    spec: { dnsNames: [SERVER_NAME], ipAddresses: ['203.0.113.11'] },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'Ready',
          message: 'Certificate is up to date and has not expired',
        },
      ],
      renewalTime: days(31).toISOString(),
      ...status,
    },
  };
}

/** The facts about one certificate, in order unless said otherwise. */
export function certificateFacts(
  pki: Pki,
  changes: Partial<CertificateFacts> = {},
): CertificateFacts {
  return {
    name: 'orders',
    purpose: 'service',
    certificate: seen(certificateObject('orders')),
    secret: seen({ certificatePem: pki.leafPem, caPem: pki.ca.certPem }),
    ...changes,
  };
}

/** The facts about the CA's certificate. */
export function caFacts(pki: Pki): CertificateFacts {
  return {
    name: 'orders-ca',
    purpose: 'ca',
    certificate: seen(
      certificateObject('orders-ca', { renewalTime: undefined }),
    ),
    secret: seen({ certificatePem: pki.ca.certPem, caPem: pki.ca.certPem }),
  };
}
