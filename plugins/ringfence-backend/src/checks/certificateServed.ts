import type { X509Certificate } from 'node:crypto';
import type {
  Check,
  CheckResult,
  Facts,
  Handshake,
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
import { notBefore, readCertificates, subjectText } from './x509';

/** The handshake that was made, and with which port. */
type Served = Handshake & { readonly port?: number };

/** How long a new certificate may take from the Secret to new handshakes: about one second was measured. */
const PROPAGATION_MS = 2 * 60_000;

/** Whether the gateway serves the certificate of the Secret, and clients would trust it. */
export const certificateServed: Check = {
  id: 'certificate.served',
  title: 'The gateway serves the right certificate',
  category: 'certificate',
  reasons: {
    Matches:
      "The served certificate is the Secret's, and chain and name verify.",
    Propagating:
      'The Secret has a certificate that is less than two minutes old and is not served yet.',
    DiffersFromSecret:
      "The served certificate is not the Secret's: the gateway did not take up a renewal, or something else answers.",
    NotTrusted:
      'The served certificate does not verify for the access name against the CA that clients have.',
    NothingToCompare: 'The Secret holds no certificate to compare with.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts, now) {
    if (facts.access.exposure === 'none' || !facts.access.gateway) return [];
    if (!facts.served.known) {
      return notLooked('The certificate that the gateway serves', facts.served);
    }
    return judge(facts, facts.served.value, now).map(result =>
      seenAt(result, facts.served),
    );
  },
};

function judge(facts: Facts, handshake: Served, now: Date): CheckResult[] {
  const problems = [
    differs(facts, handshake, now),
    untrusted(facts, handshake),
  ].filter(result => result !== undefined);
  if (problems.length > 0) return problems;
  return [
    ok(
      'Matches',
      `The gateway serves the Secret's certificate, and it verifies for "${facts.access.serverName}"`,
      evidenceOf(handshake),
    ),
  ];
}

function differs(
  facts: Facts,
  handshake: Served,
  now: Date,
): CheckResult | undefined {
  const service = serviceCertificate(facts);
  if (service && !service.secret.known) {
    return notLooked(
      `The Secret of Certificate "${service.name}"`,
      service.secret,
    );
  }
  const issued = service && issuedCertificate(service);
  if (!issued) {
    return unknown(
      'NothingToCompare',
      "The Secret holds no certificate to compare the gateway's with",
      undefined,
      evidenceOf(handshake),
    );
  }
  const served = readCertificates(handshake.certificatePem)[0];
  if (served?.fingerprint256 === issued.fingerprint256) return undefined;
  return explainDifference(facts, handshake, issued, now);
}

function explainDifference(
  facts: Facts,
  handshake: Served,
  issued: X509Certificate,
  now: Date,
): CheckResult {
  const evidence = {
    ...evidenceOf(handshake),
    secretSha256: issued.fingerprint256,
  };
  const remedy = {
    text: 'Restart the gateway if this lasts longer than two minutes, and see which Secret its listener names.',
    command: `kubectl rollout restart deployment -l gateway.networking.k8s.io/gateway-name=${facts.access.gateway?.name} -n ${facts.database.namespace}`,
  };
  const ageMs = now.getTime() - notBefore(issued).getTime();
  return ageMs < PROPAGATION_MS
    ? warning(
        'Propagating',
        "The Secret's certificate is new and the gateway does not serve it yet",
        evidence,
        remedy,
      )
    : failing(
        'DiffersFromSecret',
        "The gateway serves another certificate than the Secret's",
        evidence,
        remedy,
      );
}

function untrusted(facts: Facts, handshake: Served): CheckResult | undefined {
  if (handshake.verified) return undefined;
  const why = handshake.verificationError ?? 'verification failed';
  return failing(
    'NotTrusted',
    `Clients would refuse the gateway as "${facts.access.serverName}": ${why}`,
    evidenceOf(handshake),
    {
      text: "See who issued it and for which names; it must come from the CA in the service certificate's Secret.",
      command: `kubectl describe certificate ${facts.access.certificate} -n ${facts.database.namespace}`,
    },
  );
}

function evidenceOf(handshake: Served) {
  const served = readCertificates(handshake.certificatePem)[0];
  return {
    ...(handshake.port && { port: handshake.port }),
    protocol: handshake.protocol,
    cipher: handshake.cipher,
    verified: handshake.verified,
    ...(served && {
      servedSubject: subjectText(served),
      servedSha256: served.fingerprint256,
      servedNotAfter: new Date(served.validTo).toISOString(),
    }),
  };
}
