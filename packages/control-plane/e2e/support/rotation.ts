import { isDeepStrictEqual } from 'node:util';
import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import {
  KubernetesConflictError,
  type KubernetesCluster,
  type KubernetesObject,
  type ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { until } from '../../src';
import { handshake, type Way } from './cql';

const SERVED_WITHIN_MS = 20_000;
const ISSUED_WITHIN_MS = 20_000;

/** Serial number of the certificate that a new handshake is shown; CA and address are verified. */
export async function servedSerial(way: Way): Promise<string> {
  const socket = await handshake(way);
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

/** As `cmctl renew` does it. @returns when it was asked for, by `performance.now()` */
export async function renew(
  kubernetes: KubernetesCluster,
  ref: ObjectRef,
): Promise<number> {
  return until(`${ref.name} is asked for again`, ISSUED_WITHIN_MS, async () => {
    const certificate = await kubernetes.get(ref);
    if (!certificate || isIssuing(certificate)) return false;
    const { status } = certificate;
    const issuing = {
      type: 'Issuing',
      status: 'True',
      reason: 'ManuallyTriggered',
      message: 'Certificate re-issuance manually triggered',
      lastTransitionTime: new Date().toISOString(),
      observedGeneration: certificate.metadata.generation,
    };
    const others = status.conditions.filter((it: any) => it.type !== 'Issuing');
    const asked = performance.now();
    try {
      await kubernetes.updateStatus({
        ...certificate,
        status: { ...status, conditions: [...others, issuing] },
      });
      return asked;
    } catch (error) {
      // cert-manager writes to the same status.
      if (error instanceof KubernetesConflictError) return false;
      throw error;
    }
  });
}

function isIssuing({ status }: KubernetesObject): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: value }: any) => type === 'Issuing' && value === 'True',
  );
}

/** Renews, and waits until new handshakes show the new certificate. @returns how long that took after the renewal was asked for */
export async function rotate(
  kubernetes: KubernetesCluster,
  ref: ObjectRef,
  way: Way,
): Promise<number> {
  const before = await servedSerial(way);
  const asked = await renew(kubernetes, ref);
  await until('a new certificate is served', SERVED_WITHIN_MS, async () => {
    return (await servedSerial(way)) !== before;
  });
  return performance.now() - asked;
}

/** CQL's OPTIONS, which needs no login, and the head of its answer SUPPORTED. */
const OPTIONS = Buffer.from([4, 0, 0, 0, 5, 0, 0, 0, 0]);
const SUPPORTED = Buffer.from([0x84, 0, 0, 0, 6]);

/** One connection, and whether it still carries CQL both ways. */
export class LongConnection {
  private constructor(private readonly socket: TLSSocket) {}

  static async open(way: Way): Promise<LongConnection> {
    return new LongConnection(await handshake(way));
  }

  /** The certificate that this connection was opened with. */
  get serial(): string {
    return this.socket.getPeerCertificate().serialNumber;
  }

  /** @throws where the connection is gone */
  async answers(): Promise<boolean> {
    const signal = AbortSignal.timeout(10_000);
    const answer = once(this.socket, 'data', { signal });
    this.socket.write(OPTIONS);
    const [data] = await answer;
    return isDeepStrictEqual(data.subarray(0, SUPPORTED.length), SUPPORTED);
  }

  close(): void {
    this.socket.destroy();
  }
}
