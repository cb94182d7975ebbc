import { isIP } from 'node:net';
import type { X509Certificate } from 'node:crypto';
import type {
  CertificateFacts,
  Check,
  CheckResult,
  Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
import { issuedCertificate, serviceCertificate } from './certificateFacts';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
  warning,
} from './results';
import { count, list } from './words';
import { alternativeNames, covers } from './x509';

/** Whether clients that verify the name they dial will find it in the certificate. */
export const certificateNames: Check = {
  id: 'certificate.names',
  title: 'The certificate covers every name that clients use',
  category: 'certificate',
  reasons: {
    Covered:
      'Every name that clients verify is among the subject alternative names.',
    NameMissing:
      'A name that clients verify, or that the Certificate asks for, is not in the issued certificate.',
    AddressNotCovered:
      'The Certificate lists addresses, but not the one that the Gateway has now; drivers that verify the address refuse it.',
    NothingToRead: 'The Secret holds no certificate yet.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    const service = serviceCertificate(facts);
    if (!service || facts.access.exposure === 'none') return [];
    if (!service.secret.known) {
      return notLooked(
        `The Secret of Certificate "${service.name}"`,
        service.secret,
      );
    }
    if (!service.certificate.known) {
      return notLooked(`Certificate "${service.name}"`, service.certificate);
    }
    const issued = issuedCertificate(service);
    const result = issued
      ? judge(facts, service, issued)
      : unknown(
          'NothingToRead',
          `Certificate "${service.name}" has not been issued yet`,
        );
    return seenAt(result, service.secret);
  },
};

function judge(
  facts: Facts,
  service: CertificateFacts,
  issued: X509Certificate,
): CheckResult {
  const names = wantedNames(facts, service);
  const missing = names.filter(name => !covers(issued, name));
  const evidence = { names: alternativeNames(issued) };
  const remedy = {
    text: 'Press "Repair drift": that puts every name and address into its Certificate.',
    command: `kubectl get certificate ${service.name} -n ${facts.database.namespace} -o yaml`,
  };
  if (missing.length > 0) {
    return failing(
      'NameMissing',
      `The certificate does not cover ${list(
        missing.map(name => `"${name}"`),
      )}`,
      { ...evidence, missing },
      remedy,
    );
  }
  const addresses = uncoveredAddresses(facts, service, issued);
  if (addresses.length > 0) {
    return warning(
      'AddressNotCovered',
      `The certificate does not cover the Gateway's address ${list(addresses)}`,
      { ...evidence, missing: addresses },
      remedy,
    );
  }
  return ok(
    'Covered',
    `The certificate covers ${count(names.length, 'name')} that clients use`,
    evidence,
  );
}

/** What clients verify, and what the Certificate promises. */
function wantedNames(facts: Facts, service: CertificateFacts): string[] {
  const spec = service.certificate.known
    ? service.certificate.value?.spec
    : undefined;
  const { serverName, hostname } = facts.access;
  return [
    ...new Set<string>([
      serverName,
      ...(hostname ? [hostname] : []),
      ...(spec?.dnsNames ?? []),
      ...(spec?.ipAddresses ?? []),
    ]),
  ];
}

/**
 * Addresses that the Gateway got and the certificate lacks. Only asked where
 * the Certificate lists addresses at all: public issuers sign none.
 */
function uncoveredAddresses(
  facts: Facts,
  service: CertificateFacts,
  issued: X509Certificate,
): string[] {
  const spec = service.certificate.known
    ? service.certificate.value?.spec
    : undefined;
  if (!spec?.ipAddresses?.length || !facts.gatewayAddresses.known) return [];
  return facts.gatewayAddresses.value
    .map(({ value }) => value)
    .filter(value => isIP(value) && !covers(issued, value));
}
