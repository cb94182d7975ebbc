import { readFile, writeFile } from 'node:fs/promises';
import type { Cluster } from '../../../src';
import type { AuditEvent, AuditLog } from '../auditLog';

const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';

/** A command in a pod, or a look at the metrics of a ztunnel. */
export interface PodRequest {
  /** Which pod, and what of it. */
  readonly uri: string;
  readonly atMs: number;
}

interface Timed {
  readonly requestReceivedTimestamp: string;
}

/** A token of the portal's account, by which one replica is told from another. */
export class Credential {
  private constructor(
    readonly kubeconfig: string,
    private readonly id: string,
    private readonly audit: AuditLog,
  ) {}

  /** @param from - a kubeconfig of the account; @param to - where to write another */
  static async create(
    { kubectl }: Cluster,
    audit: AuditLog,
    { from, to }: { readonly from: string; readonly to: string },
  ): Promise<Credential> {
    const args = ['create', 'token', 'ringfence', '-n', 'ringfence'];
    const token = (await kubectl([...args, '--duration=12h'])).trim();
    const [, claims] = token.split('.');
    const { jti } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    const config = JSON.parse(await readFile(from, 'utf8'));
    config.users[0].user = { token };
    await writeFile(to, JSON.stringify(config), { mode: 0o600 });
    return new Credential(to, `JTI=${jti}`, audit);
  }

  /** What was asked of pods with it, as probes do. */
  async podRequests(): Promise<PodRequest[]> {
    const events = await this.audit.events();
    return events
      .filter(event => isOfPod(event) && this.#isOwn(event))
      .map(({ requestURI, ...event }) => ({
        uri: requestURI,
        atMs: Date.parse((event as unknown as Timed).requestReceivedTimestamp),
      }));
  }

  #isOwn({ user }: AuditEvent): boolean {
    const { extra } = user as { extra?: Record<string, string[]> };
    return extra?.[CREDENTIAL_ID]?.includes(this.id) ?? false;
  }
}

function isOfPod({ objectRef }: AuditEvent): boolean {
  const { resource, subresource = '' } = objectRef ?? {};
  return resource === 'pods' && /^(exec|portforward)$/.test(subresource);
}
