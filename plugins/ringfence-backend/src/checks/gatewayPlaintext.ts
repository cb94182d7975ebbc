import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
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
    Refused: 'A request in plaintext on each TLS port was refused.',
    Answered: 'A request in plaintext on a TLS port was answered.',
    PlaintextExposed:
      'The spec exposes a listener without TLS: logins and data cross the network in the clear.',
    PlaintextAccepted:
      'The spec exposes a listener without TLS, and its owner accepted that.',
    UnaskedListener:
      'The Gateway has a listener without TLS that the spec does not ask for.',
    NoGateway:
      'Plaintext was refused, but TLS was not answered either: whatever closed the connection need not be the gateway.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.access.exposure === 'none' || !facts.access.gateway) return [];
    return [
      exposedResult(facts),
      unaskedResult(facts),
      probeResult(facts),
    ].filter(result => result !== undefined);
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

/** A listener as the Gateway's spec has it. */
interface Listener {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

/** Protocols of listeners that end TLS or pass it on. */
const TLS_PROTOCOLS = ['TLS', 'HTTPS'];

/** Who may change the Gateway may open a way in that no probe of the known ports would meet. */
function unaskedResult(facts: Facts): CheckResult | undefined {
  const { gateway, access } = facts;
  if (!gateway.known) return notLooked("The Gateway's listeners", gateway);
  const unasked = listenersOf(gateway.value).filter(
    ({ protocol, port }) =>
      !TLS_PROTOCOLS.includes(protocol) &&
      !access.plaintextPorts.includes(port),
  );
  if (unasked.length === 0) return undefined;
  const result = failing(
    'UnaskedListener',
    `The gateway takes plaintext on ${unasked
      .map(({ name, port }) => `port ${port} (listener "${name}")`)
      .join(', ')}, which the spec does not ask for`,
    { ports: unasked.map(({ port }) => String(port)) },
    {
      text: 'Take the listener out of the Gateway: whoever put it there owns it, so that repairing drift leaves it.',
      command: `kubectl edit gateways.gateway.networking.k8s.io ${access.gateway?.name} -n ${facts.database.namespace}`,
    },
  );
  return seenAt(result, gateway);
}

function listenersOf(gateway: KubernetesObject | undefined): Listener[] {
  return gateway?.spec?.listeners ?? [];
}

function plaintextAccepted(facts: Facts): boolean {
  const { access } = facts.spec as { access?: { acceptPlaintext?: boolean } };
  return access?.acceptPlaintext === true;
}

function probeResult(facts: Facts): CheckResult {
  if (!facts.plaintext.known) {
    return notLooked(
      'What answers plaintext on the TLS ports',
      facts.plaintext,
    );
  }
  const { refused, message } = facts.plaintext.value;
  const port = facts.plaintext.value.port ?? facts.access.tlsPorts[0];
  const evidence = { port, answer: message };
  if (!refused) return seenAt(answered(facts, port, evidence), facts.plaintext);
  if (!facts.served.known) {
    return unknown(
      'NoGateway',
      `Plaintext was refused on port ${port}, but there was no TLS handshake either: ${facts.served.why}`,
      facts.served.remedy ? { text: facts.served.remedy } : undefined,
      evidence,
    );
  }
  return seenAt(
    ok('Refused', 'A request in plaintext was refused', {
      ports: [...facts.access.tlsPorts, ...(facts.access.restPorts ?? [])].map(
        String,
      ),
      answer: message,
    }),
    facts.plaintext,
    facts.served,
  );
}

function answered(
  facts: Facts,
  port: number,
  evidence: CheckResult['evidence'],
): CheckResult {
  const { gateway } = facts.access;
  return failing(
    'Answered',
    `Port ${port} of the gateway answers plaintext`,
    evidence,
    {
      text: 'The listener\'s protocol must be TLS with mode Terminate: press "Repair drift".',
      command: `kubectl get gateways.gateway.networking.k8s.io ${gateway?.name} -n ${facts.database.namespace} -o yaml`,
    },
  );
}
