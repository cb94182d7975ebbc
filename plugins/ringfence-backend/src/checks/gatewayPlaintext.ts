import type {
  Check,
  CheckResult,
  Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
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

/** Whether the way in from outside takes plaintext. */
export const gatewayPlaintext: Check = {
  id: 'gateway.plaintext',
  title: 'The gateway refuses plaintext',
  category: 'gateway',
  reasons: {
    Refused: 'A request in plaintext on the TLS port was refused.',
    Answered: 'A request in plaintext on the TLS port was answered.',
    PlaintextExposed:
      'The spec exposes a listener without TLS: logins and data cross the network in the clear.',
    PlaintextAccepted:
      'The spec exposes a listener without TLS, and its owner accepted that.',
    NoGateway:
      'Plaintext was refused, but TLS was not answered either: whatever closed the connection need not be the gateway.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.access.exposure === 'none') return [];
    const exposed = exposedResult(facts);
    return exposed ? [exposed, probeResult(facts)] : probeResult(facts);
  },
};

function exposedResult(facts: Facts): CheckResult | undefined {
  const ports = facts.access.plaintextPorts;
  if (ports.length === 0) return undefined;
  const summary = `The gateway takes plaintext on port ${ports.join(
    ', ',
  )}, as the spec asks`;
  const evidence = { ports: ports.map(String) };
  const remedy = {
    text: 'Move clients to TLS (the bundle has all they need), then set access.exposure: tls and provision again.',
  };
  return plaintextAccepted(facts)
    ? warning('PlaintextAccepted', summary, evidence, remedy)
    : failing('PlaintextExposed', summary, evidence, remedy);
}

function plaintextAccepted(facts: Facts): boolean {
  const { access } = facts.spec as { access?: { acceptPlaintext?: boolean } };
  return access?.acceptPlaintext === true;
}

function probeResult(facts: Facts): CheckResult {
  if (!facts.plaintext.known) {
    return notLooked('What answers plaintext on the TLS port', facts.plaintext);
  }
  const { refused, message } = facts.plaintext.value;
  const port = facts.access.tlsPorts[0];
  const evidence = { port, answer: message };
  if (!refused) return seenAt(answered(facts, evidence), facts.plaintext);
  if (!facts.served.known) {
    return unknown(
      'NoGateway',
      `Plaintext was refused on port ${port}, but there was no TLS handshake either: ${facts.served.why}`,
      facts.served.remedy ? { text: facts.served.remedy } : undefined,
      evidence,
    );
  }
  return seenAt(
    ok('Refused', 'A request in plaintext was refused', evidence),
    facts.plaintext,
    facts.served,
  );
}

function answered(
  facts: Facts,
  evidence: CheckResult['evidence'],
): CheckResult {
  const { tlsPorts, gateway } = facts.access;
  return failing(
    'Answered',
    `Port ${tlsPorts[0]} of the gateway answers plaintext`,
    evidence,
    {
      text: "The listener's protocol must be TLS with mode Terminate; provision the database again with the same spec.",
      command: `kubectl get gateways.gateway.networking.k8s.io ${gateway.name} -n ${facts.database.namespace} -o yaml`,
    },
  );
}
