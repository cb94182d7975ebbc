import type {
  Check,
  CheckResult,
  Facts,
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
import { list } from './words';

/** The key exchange that a quantum computer does not break either. */
const HYBRID = 'X25519MLKEM768';
const VERSION_NAMES = { TLSv1: 'TLS 1.0', 'TLSv1.1': 'TLS 1.1' } as const;

/** Whether the gateway keeps to versions of TLS that hold. */
export const gatewayTls: Check = {
  id: 'gateway.tls',
  title: 'The gateway refuses outdated TLS',
  category: 'gateway',
  reasons: {
    Modern:
      'TLS 1.0 and 1.1 are refused. Which version, cipher and key exchange a client of today gets is in the evidence.',
    Hybrid: `TLS 1.0 and 1.1 are refused, and a handshake that offers ${HYBRID} alone is taken: what is recorded today stays secret from a quantum computer.`,
    LegacyTaken:
      'A handshake with TLS 1.0 or 1.1 was taken: both are broken, and a client can be talked into them.',
    NotTried:
      'This portal could not try TLS 1.0 or 1.1 itself, or nothing came back, so nobody can say that it is refused.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.access.exposure === 'none' || !facts.access.gateway) return [];
    if (!facts.wire.known) {
      return notLooked('Which versions of TLS the gateway takes', facts.wire);
    }
    return seenAt(judge(facts, facts.wire.value), facts.wire);
  },
};

function judge(facts: Facts, wire: WireFacts): CheckResult {
  const handshake = facts.served.known ? facts.served.value : undefined;
  const evidence = {
    port: wire.port,
    ...(handshake && {
      protocol: handshake.protocol,
      cipher: handshake.cipher,
    }),
    [HYBRID]:
      wire.hybridKeyExchange === 'unknown'
        ? 'not known: this portal runs on a Node.js that cannot offer it'
        : wire.hybridKeyExchange,
    legacyTaken: [...wire.legacyTaken],
    handshakeMs: Math.round(wire.handshakeMs),
  };
  if (wire.legacyTaken.length > 0) {
    return failing(
      'LegacyTaken',
      `Port ${wire.port} of the gateway takes ${versionsText(
        wire.legacyTaken,
      )}`,
      evidence,
      {
        text: "Have the mesh's administrators set meshConfig.tlsDefaults.minProtocolVersion: TLSV1_2 for Istio; a Gateway has no setting of its own.",
        command: 'kubectl get configmap istio -n istio-system -o yaml',
      },
    );
  }
  const { legacyUntested = [] } = wire;
  if (legacyUntested.length > 0) {
    return unknown(
      'NotTried',
      `Whether port ${wire.port} of the gateway refuses ${versionsText(
        legacyUntested,
      )} could not be tried`,
      {
        text: 'Try it from another machine, with an openssl that still has it.',
        command: `openssl s_client -tls1 -cipher DEFAULT@SECLEVEL=0 -connect ${facts.access.serverName}:${wire.port}`,
      },
      evidence,
    );
  }
  const took = `TLS 1.0 and 1.1 are refused; a handshake takes ${evidence.handshakeMs} ms`;
  return wire.hybridKeyExchange === 'taken'
    ? ok('Hybrid', `${took} and may use ${HYBRID}`, evidence)
    : ok('Modern', took, evidence);
}

function versionsText(versions: WireFacts['legacyTaken']): string {
  return list(versions.map(version => VERSION_NAMES[version]));
}
