import { KUBERNETES_CLUSTER } from './portal';
import type { PortalApi } from './scripts';

/** A line of a change's answer. */
export interface ChangeEvent {
  readonly type: string;
  readonly message?: string;
  readonly [field: string]: unknown;
}

/** One database, as a user asks the portal for it. */
export class TestDatabase {
  private readonly path: string;

  constructor(
    private readonly api: PortalApi,
    private readonly spec: {
      readonly name: string;
      readonly namespace: string;
      readonly owner: string;
      readonly [field: string]: unknown;
    },
  ) {
    this.path = `/ringfence/databases/${KUBERNETES_CLUSTER}/${spec.namespace}`;
  }

  /** The whole spec, with what a test changes. */
  asked(change: object = {}) {
    const kubernetesCluster = KUBERNETES_CLUSTER;
    const blueprint = 'scylladb-ambient';
    return { blueprint, kubernetesCluster, ...this.spec, ...change };
  }

  provision(change: object = {}): Promise<ChangeEvent[]> {
    return this.change('/ringfence/databases', this.asked(change));
  }

  decommission(options: { deleteVolumes: boolean }): Promise<ChangeEvent[]> {
    const body = { confirm: this.spec.name, ...options };
    return this.change(`${this.path}/decommission`, body);
  }

  renew(certificate: string): Promise<ChangeEvent[]> {
    return this.change(`${this.path}/renew`, { certificate });
  }

  repair(): Promise<ChangeEvent[]> {
    return this.change(`${this.path}/repair`, {});
  }

  rotateCa(step: 'trust' | 'issue' | 'drop'): Promise<ChangeEvent[]> {
    return this.change(`${this.path}/rotate-ca`, { step });
  }

  /** Has a team's client certificate issued. */
  issueClientCertificate(team: string): Promise<unknown> {
    return this.api.post(`${this.path}/client-certificates`, { team });
  }

  /** GET below the database's path; any answer but a success throws. */
  get(path: string): Promise<Uint8Array> {
    return this.api.download(`${this.path}/${path}`);
  }

  reveal(): Promise<{ username: string; password: string }> {
    return this.api.post(`${this.path}/credentials/reveal`);
  }

  /** @throws where the change did not come to its end, with everything it said */
  private async change(path: string, body: object): Promise<ChangeEvent[]> {
    const init = { method: 'POST', body: JSON.stringify(body) };
    const text = await (await this.api.request(path, init)).text();
    const events: ChangeEvent[] = text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    if (events.at(-1)?.type !== 'done') throw new Error(`${path}:\n${text}`);
    return events;
  }
}
