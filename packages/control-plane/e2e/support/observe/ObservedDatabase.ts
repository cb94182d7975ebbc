import { schedulerServiceFactory } from '@backstage/backend-defaults/scheduler';
import type {
  Finding,
  ProvisioningEvent,
  Remedy,
  Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import { until, type Cluster } from '../../../src';
import { readEvents } from '../http';
import {
  startPlugin,
  troubles,
  type PluginOptions,
  type TestPlugin,
} from '../provisioning';

const MENDED_WITHIN_MS = 120_000;
/** Between two runs of all probes. */
const REFRESH_EVERY_MS = 3_000;

/** The plugin with a scheduler that repeats its tasks and keeps replicas apart. */
export function startObserving(
  cluster: Parameters<typeof startPlugin>[0],
  options: Omit<PluginOptions, 'services'> = {},
): Promise<TestPlugin> {
  const services = [schedulerServiceFactory];
  return startPlugin(cluster, { ...options, services });
}

/** A database as people see it through one portal, and what they do about it. */
export class ObservedDatabase {
  constructor(
    readonly cluster: Pick<Cluster, 'kubectl'>,
    readonly plugin: TestPlugin,
    readonly spec: {
      readonly kubernetesCluster: string;
      readonly namespace: string;
    },
  ) {}

  /** The report as a card shows it: nothing is probed for it. */
  async report(): Promise<Report> {
    const response = await fetch(`${this.#url}/report`);
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  }

  /** Presses a button. @throws Error where that does not come to its end, with everything it said */
  async press(
    button: 'renew' | 'repair',
    body: object = {},
  ): Promise<ProvisioningEvent[]> {
    return this.#post(`${this.#url}/${button}`, body);
  }

  provision(): Promise<ProvisioningEvent[]> {
    return this.#post(`${this.plugin.url}/databases`, this.spec);
  }

  /** Waits until a check says a reason; asks every few milliseconds, as no card does. */
  async says(
    { check, reason }: { readonly check: string; readonly reason: string },
    withinMs: number,
    read = () => this.report(),
  ): Promise<Finding> {
    const what = `${check} says ${reason}`;
    return until(what, withinMs, async () => {
      const report = await read();
      const found = report.findings.find(
        finding => finding.check === check && finding.reason === reason,
      );
      if (found) return found;
      throw new Error(troubles(report).join('; ') || report.headline);
    });
  }

  /** Waits until every check is content, running the probes again now and then. */
  async green(withinMs = MENDED_WITHIN_MS): Promise<void> {
    let refreshAt = 0;
    await until('the report is green', withinMs, async () => {
      const isDue = Date.now() > refreshAt;
      const { kubernetesCluster, namespace } = this.spec;
      const isOwn = kubernetesCluster === 'control-plane';
      const report =
        isDue && isOwn
          ? await this.plugin.report(namespace)
          : await this.report();
      if (isDue) refreshAt = Date.now() + REFRESH_EVERY_MS;
      if (report.headline === 'Fenced') return true;
      throw new Error(troubles(report).join('; '));
    });
  }

  /**
   * Does what a remedy says: presses the button that it names, provisions
   * again, or runs its command as it stands.
   */
  async follow({ text, command = '' }: Remedy): Promise<void> {
    if (text.startsWith('Press "Repair drift"')) {
      await this.press('repair');
    } else if (text.startsWith('Press "Renew now"')) {
      const [, certificate] = /^cmctl renew (\S+)/.exec(command) ?? [];
      await this.press('renew', { certificate });
    } else if (text.startsWith('Provision the database again')) {
      await this.provision();
    } else {
      const [program, ...args] = command.split(' ');
      if (program !== 'kubectl') {
        throw new Error(`No command of kubectl: "${command}" (${text})`);
      }
      await this.cluster.kubectl(args);
    }
  }

  get #url(): string {
    const { kubernetesCluster, namespace } = this.spec;
    return `${this.plugin.url}/databases/${kubernetesCluster}/${namespace}`;
  }

  async #post(url: string, body: object): Promise<ProvisioningEvent[]> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const events = await readEvents(response);
    const end = events.at(-1)!;
    if (end.type === 'done') return events;
    throw new Error(`${url}: ${JSON.stringify(end)}`);
  }
}
