import type {
  ProvisioningEvent,
  RotationStep,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Cluster } from '../../src';
import { endOf, type createProvisioner } from './provisioning';

const ACTOR = 'user:default/mock';

/** What a person asks of a change. */
export const options = (signal = new AbortController().signal) => ({
  signal,
  actor: ACTOR,
});

/** All events of a change. */
export async function all(
  events: AsyncIterable<ProvisioningEvent>,
  onEvent: (event: ProvisioningEvent) => void = () => {},
): Promise<ProvisioningEvent[]> {
  const found: ProvisioningEvent[] = [];
  for await (const event of events) {
    found.push(event);
    onEvent(event);
  }
  return found;
}

/** The first object of a step. */
export const firstObject = (event: ProvisioningEvent) =>
  event.type === 'object';

/** The rotation of the CA of one database, step by step. */
export class CaRotation {
  constructor(
    private readonly cluster: Pick<Cluster, 'kubectl'>,
    private readonly provisioner: ReturnType<typeof createProvisioner>,
    private readonly ref: {
      readonly kubernetesCluster: string;
      readonly namespace: string;
    },
  ) {}

  /** Asks for a step. @returns its events */
  take(
    step: RotationStep,
    signal?: AbortSignal,
    onEvent?: (event: ProvisioningEvent) => void,
  ): Promise<ProvisioningEvent[]> {
    return all(
      this.provisioner.rotateCa(this.ref, { step }, options(signal)),
      onEvent,
    );
  }

  /**
   * Stops a step at the first event of a kind, and takes it again.
   *
   * @throws where it was not stopped, is not remembered, or does not come to its end
   */
  async takeInterrupted(
    step: RotationStep,
    at: (event: ProvisioningEvent) => boolean,
  ): Promise<void> {
    const stop = new AbortController();
    const stopped = await this.take(
      step,
      stop.signal,
      event => at(event) && stop.abort(new Error('connection dropped')),
    );
    const end = endOf(stopped);
    if (!end.startsWith('failed: The connection was dropped')) {
      throw new Error(`Step "${step}" was not stopped: ${end}`);
    }
    const remembered = await this.#stepUnderWay();
    if (remembered !== step) {
      throw new Error(`Step "${step}" was stopped, kept is "${remembered}"`);
    }
    const resumed = endOf(await this.take(step));
    if (resumed !== 'done') throw new Error(`Step "${step}": ${resumed}`);
  }

  async #stepUnderWay(): Promise<string | undefined> {
    const { namespace } = this.ref;
    const { metadata } = JSON.parse(
      await this.cluster.kubectl(['get', 'namespace', namespace, '-o', 'json']),
    );
    return JSON.parse(metadata.annotations['ringfence.dev/authorities']).step;
  }
}
