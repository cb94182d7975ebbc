import type { ProbeWait, WaitState } from '../../blueprint';
import { parseDurationMs } from '../duration';
import { AUTHORITY_PROBLEMS, checkAuthority } from './authority';

const MINUTE_MS = 60_000;

/**
 * A CA that somebody brings is there and can sign. One that cannot is refused at
 * once; one that is not there yet is waited for, since the namespace is made for
 * this database and nobody could put it there before.
 *
 * @param clock - what time it is; for tests
 */
export function authorityUsable(
  spec: {
    readonly namespace: string;
    readonly certificate: { readonly duration: string };
  },
  secret: string,
  clock: () => Date = () => new Date(),
): ProbeWait {
  const where = `Secret "${spec.namespace}/${secret}"`;
  const command = `kubectl create secret tls ${secret} -n ${spec.namespace} --cert=ca-with-chain.crt --key=ca.key`;
  return {
    kind: 'probe',
    name: `${where} holds a CA that can sign`,
    timeoutMs: 10 * MINUTE_MS,
    everyMs: 2_000,
    remedy: `Put the CA there: ${command}`,
    probe: async (tools): Promise<WaitState> => {
      const { 'tls.crt': certificate, 'tls.key': key } = await tools.secret(
        secret,
      );
      const answer = checkAuthority(
        {
          certificatePem: certificate?.reveal() ?? '',
          keyPem: key?.reveal() ?? '',
        },
        {
          now: clock(),
          leafDurationMs: parseDurationMs(spec.certificate.duration) ?? 0,
        },
      );
      if (answer.usable) {
        return {
          state: 'done',
          message: `"${
            answer.subject
          }", valid until ${answer.notAfter.toISOString()}`,
        };
      }
      return {
        state: 'failed',
        why: `${where} cannot be used (${answer.reason}): ${answer.why}`,
        remedy: `${
          AUTHORITY_PROBLEMS[answer.reason]
        }. Replace it, and provision again: kubectl delete secret ${secret} -n ${
          spec.namespace
        }; ${command}`,
      };
    },
  };
}

/**
 * A client that speaks no TLS gets no answer. Others have proved by now that
 * the node is reached.
 *
 * @param remedy - where to see `client_encryption_options`
 */
export function plaintextRefused(
  { namespace }: { readonly namespace: string },
  { pod, port, remedy }: { pod: string; port: number; remedy: string },
): ProbeWait {
  return {
    kind: 'probe',
    name: 'A client in plaintext is refused',
    timeoutMs: 2 * MINUTE_MS,
    everyMs: 2_000,
    remedy: `Look at: kubectl logs -n ${namespace} ${pod} -c cassandra`,
    probe: async (tools, _observed, signal) => {
      const via = { pod, port };
      const { outcome } = await tools.tryLogin('anonymous', via, { signal });
      return outcome === 'unreachable'
        ? { state: 'done', message: 'refused' }
        : {
            state: 'failed',
            why: `Pod "${namespace}/${pod}" answers clients in plaintext`,
            remedy,
          };
    },
  };
}
