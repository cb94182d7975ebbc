import type {
  Check,
  CheckResult,
  Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  issuedCertificate,
  serviceCertificate,
} from '../../../checks/certificateFacts';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
  warning,
} from '../../../checks/results';
import { notBefore, readCertificates } from '../../../checks/x509';

/** A kubelet brings a changed Secret to its pods within two minutes, and Cassandra looks at its files every ten. */
const RELOAD_MS = 15 * 60_000;

/** Whether every node shows the certificate that is in the Secret: nodes read theirs again while they run. */
export const certificateReloaded: Check = {
  id: 'certificate.reloaded',
  title: "Every node shows the Secret's certificate",
  category: 'certificate',
  reasons: {
    Shown:
      "Every ready node shows the Secret's certificate, and it verifies for the name that clients dial.",
    Reloading:
      'The certificate is new, and a node shows the one before: it reads its files every ten minutes.',
    NotReloaded:
      'A node still shows another certificate than the Secret holds, long after it was renewed.',
    NotTrusted:
      'What a node shows does not verify for the name that clients dial, against the CA that they have.',
    NothingToCompare: 'The Secret holds no certificate to compare with.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts, now) {
    if (facts.access.exposure !== 'direct') return [];
    if (!facts.served.known) {
      return notLooked('The certificate that nodes show', facts.served);
    }
    return seenAt(judge(facts, facts.served.value, now), facts.served);
  },
};

type Served = Extract<Facts['served'], { known: true }>['value'];

function judge(facts: Facts, seen: Served, now: Date): CheckResult {
  const service = serviceCertificate(facts);
  if (service && !service.secret.known) {
    return notLooked(
      `The Secret of Certificate "${service.name}"`,
      service.secret,
    );
  }
  const issued = service && issuedCertificate(service);
  const [shown] = readCertificates(seen.certificatePem);
  if (!issued || !shown) {
    return unknown('NothingToCompare', 'There is no certificate to compare');
  }
  const evidence = {
    shownSha256: shown.fingerprint256,
    secretSha256: issued.fingerprint256,
  };
  if (shown.fingerprint256 !== issued.fingerprint256) {
    const ageMs = now.getTime() - notBefore(issued).getTime();
    return ageMs < RELOAD_MS
      ? warning(
          'Reloading',
          'The certificate is new, and a node shows the one before',
          evidence,
          reload(facts),
        )
      : failing(
          'NotReloaded',
          'A node shows another certificate than the Secret holds',
          evidence,
          reload(facts),
        );
  }
  if (seen.verified) {
    return ok(
      'Shown',
      `Every ready node shows the Secret's certificate, and it verifies for "${facts.access.serverName}"`,
      evidence,
    );
  }
  return failing(
    'NotTrusted',
    `What a node shows does not verify for "${facts.access.serverName}": ${seen.verificationError}`,
    evidence,
    {
      text: 'See which names and which issuer the Certificate asks for, and press "Repair drift" where they are not those of the spec.',
      command: `kubectl describe certificate ${facts.access.certificate} -n ${facts.database.namespace}`,
    },
  );
}

function reload({ database, observation }: Facts) {
  const { container, podLabels, reloadCommand = [] } = observation;
  const labels = Object.entries(podLabels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
  return {
    text: 'Have each node read its stores now, or wait for it.',
    command: `for pod in $(kubectl get pods -n ${
      database.namespace
    } -l ${labels} -o name); do kubectl exec -n ${
      database.namespace
    } $pod -c ${container} -- ${reloadCommand.join(' ')}; done`,
  };
}
