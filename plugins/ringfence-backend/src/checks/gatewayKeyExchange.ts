import type {
  Check,
  CheckResult,
  WireFacts,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
} from './results';

/** The key exchange that a quantum computer does not break either. */
const HYBRID = 'X25519MLKEM768';

/** A Gateway has no setting of its own for it. */
const REMEDY = {
  text: `Have the mesh's administrators set meshConfig.tlsDefaults.ecdhCurves to ["${HYBRID}"] for Istio, or its environment variable COMPLIANCE_POLICY to pqc; a Gateway has no setting of its own. Or say access.keyExchange default in the spec.`,
  command: 'kubectl get configmap istio -n istio-system -o yaml',
};

/** Whether the gateway keeps to the hybrid key exchange, where the spec requires it. */
export const gatewayKeyExchange: Check = {
  id: 'gateway.key-exchange',
  title: 'The gateway agrees on the hybrid key exchange alone',
  category: 'gateway',
  reasons: {
    HybridAlone: `A handshake that offers ${HYBRID} alone is taken, one that offers classical groups alone is refused, as access.keyExchange hybrid-required asks for.`,
    ClassicalTaken: `A handshake without ${HYBRID} was taken, although the spec requires it: clients that are not of a bundle get in, and what they send may be recorded and read later.`,
    HybridRefused: `A handshake that offers ${HYBRID} alone was refused, and the spec requires it: no client of a bundle gets in.`,
    NotTried:
      'This portal runs on a Node.js that cannot offer the hybrid, or nothing came back, so nobody can say what the gateway takes.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.access.keyExchange !== 'hybrid-required') return [];
    if (!facts.wire.known) {
      return notLooked('Which key exchanges the gateway takes', facts.wire);
    }
    return seenAt(judge(facts.wire.value), facts.wire);
  },
};

function judge({
  port,
  hybridKeyExchange,
  classicalKeyExchange = 'unknown',
}: WireFacts): CheckResult {
  const evidence = {
    port,
    [HYBRID]: hybridKeyExchange,
    classical: classicalKeyExchange,
  };
  if (hybridKeyExchange === 'refused') {
    return failing(
      'HybridRefused',
      `Port ${port} of the gateway refuses ${HYBRID}, so that no client of a bundle gets in`,
      evidence,
      REMEDY,
    );
  }
  if (classicalKeyExchange === 'taken') {
    return failing(
      'ClassicalTaken',
      `Port ${port} of the gateway takes a classical key exchange without the hybrid, which the spec requires`,
      evidence,
      REMEDY,
    );
  }
  if (hybridKeyExchange === 'unknown' || classicalKeyExchange === 'unknown') {
    return unknown(
      'NotTried',
      `Which key exchanges port ${port} of the gateway takes could not be tried`,
      { text: 'Run the portal on Node.js 24 or later.' },
      evidence,
    );
  }
  return ok(
    'HybridAlone',
    `Port ${port} of the gateway agrees on ${HYBRID} alone`,
    evidence,
  );
}
