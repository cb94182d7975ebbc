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
} from '../../../checks/results';

/** Whether a node answers a client that speaks no TLS. */
export const accessPlaintext = plaintextCheck();

/** The same, with a command of its own that shows the nodes' `client_encryption_options`. */
export function plaintextCheck(command?: string): Check {
  return {
    id: 'access.plaintext',
    title: 'No node takes plaintext of clients',
    category: 'access',
    reasons: {
      Refused:
        'Every ready node refused a request in plaintext, and speaks TLS.',
      Answered:
        'A node answers clients in plaintext: passwords can be read on the way.',
      NotEncrypted:
        'The spec says tls.client.enabled: false, so clients send passwords and data in plaintext.',
      NoNode:
        'Plaintext was refused, but no node spoke TLS either: whatever closed the connection need not be Cassandra.',
      [NOT_LOOKED]: NOT_LOOKED_MEANING,
    },
    run(facts) {
      if (facts.access.exposure !== 'direct') return [notEncrypted()];
      if (!facts.plaintext.known) {
        return notLooked('What answers plaintext', facts.plaintext);
      }
      return seenAt(
        judge(facts, facts.plaintext.value, command),
        facts.plaintext,
      );
    },
  };
}

function notEncrypted(): CheckResult {
  return failing(
    'NotEncrypted',
    'Clients speak plaintext with the nodes, as the spec asks',
    {},
    {
      text: 'Create a database with tls.client.enabled: true, and move the data there: it cannot be changed while nodes run.',
    },
  );
}

function judge(
  facts: Facts,
  {
    refused,
    message,
    port,
  }: { refused: boolean; message: string; port?: number },
  command = `kubectl get cassandradatacenter ${facts.spec.name} -n ${facts.database.namespace} -o jsonpath='{.spec.config.cassandra-yaml.client_encryption_options}'`,
): CheckResult {
  const evidence = { answer: message, ...(port !== undefined && { port }) };
  if (!refused) {
    return failing('Answered', 'A node answers in plaintext', evidence, {
      text: 'Press "Repair drift": client_encryption_options must be enabled, and not optional.',
      command,
    });
  }
  if (!facts.served.known) {
    return unknown(
      'NoNode',
      `Plaintext was refused, but there was no TLS handshake either: ${facts.served.why}`,
      facts.served.remedy ? { text: facts.served.remedy } : undefined,
      evidence,
    );
  }
  return ok(
    'Refused',
    'Every ready node refused a request in plaintext',
    evidence,
  );
}
