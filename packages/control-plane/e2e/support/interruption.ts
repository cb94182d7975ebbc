import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Cluster } from '../../src';
import { provision } from './provisioning';

type Provisioner = Parameters<typeof provision>[0];
type IsWanted = (event: ProvisioningEvent) => boolean;

/** A run that was stopped: what it said, and what is so. */
export interface Stopped {
  readonly name: string;
  readonly message: string;
  readonly resumable: boolean;
  /** After it was told to. */
  readonly endedAfterMs: number;
  /** Whether the object is there that it named as its last. */
  readonly lastObjectExists: boolean;
  /** Who holds the Lease; nobody should. */
  readonly leaseHolder?: string;
}

/** The reason that a signal is aborted with where the user asked for it. */
export function cancelled(): Error {
  const error = new Error('cancelled by a test');
  error.name = 'CancelledError';
  return error;
}

/** In the middle of a stage: at the first event of a type in it. */
export function inStage(
  stage: string,
  type: ProvisioningEvent['type'] = 'object',
): IsWanted {
  let current = '';
  return event => {
    if (event.type === 'stage') current = event.stage;
    return current === stage && event.type === type;
  };
}

/** The last event of a run that did not come to its end. */
export function failure(events: readonly ProvisioningEvent[]) {
  const end = events.at(-1)!;
  if (end.type !== 'failed') throw new Error(`ended with ${end.type}`);
  return end;
}

/** What a run said that it waits for, and why. */
export function waitsOf(events: readonly ProvisioningEvent[]): string[] {
  return events.flatMap(event =>
    event.type === 'waiting' ? [`${event.wait}: ${event.why}`] : [],
  );
}

/** Provisions until an event comes, and stops the run there. */
export async function stopAt(
  cluster: Cluster,
  provisioner: Provisioner,
  spec: { readonly namespace: string },
  when: IsWanted,
  reason: Error,
): Promise<Stopped> {
  const stop = new AbortController();
  let toldAt = 0;
  const events = await provision(provisioner, spec, stop.signal, event => {
    if (stop.signal.aborted || !when(event)) return;
    toldAt = performance.now();
    stop.abort(reason);
  });
  const endedAfterMs = performance.now() - toldAt;
  const { name, message, resumable } = failure(events);
  return {
    name,
    message,
    resumable,
    endedAfterMs,
    lastObjectExists: await isThere(cluster, spec.namespace, message),
    leaseHolder: await leaseHolder(cluster, spec.namespace),
  };
}

/** In time, with a message that is true, and with nothing left behind that hinders the next run. */
const stoppedBy = (name: string, words: string) => ({
  name,
  message: expect.stringMatching(
    new RegExp(`^${words}\\. .*Nothing was deleted because of it\\.`),
  ),
  resumable: true,
  lastObjectExists: true,
  leaseHolder: undefined,
});

/** What {@link stopAt} finds of a run that was cancelled. */
export const CANCELLED = stoppedBy('CancelledError', 'Cancelled');

/** The same of one whose connection was dropped. */
export const DROPPED = stoppedBy(
  'InterruptedError',
  'The connection was dropped',
);

/** Identity in the Lease of a database. */
export async function leaseHolder(
  cluster: Cluster,
  namespace: string,
): Promise<string | undefined> {
  const args = ['get', 'lease', 'ringfence', '-n', namespace, '-o', 'json'];
  return JSON.parse(await cluster.kubectl(args)).spec?.holderIdentity;
}

/** Asks kubectl for the object of "Stopped after Gateway orders/orders-gateway; objects so far: ...". */
async function isThere(
  { kubectl }: Cluster,
  namespace: string,
  message: string,
): Promise<boolean> {
  const said = /Stopped after (\S+) (?:\S+\/)?(\S+); objects so far: /;
  const [, kind, name] = said.exec(message) ?? [];
  if (!name) return false;
  const args = ['get', kind.toLowerCase(), name, '-n', namespace];
  return kubectl([...args, '-o', 'name']).then(
    () => true,
    () => false,
  );
}

/** The Kubernetes cluster, which holds one call back. */
export interface HeldBack {
  readonly kubernetes: KubernetesCluster;
  /** Resolves when the call has come. */
  readonly reached: Promise<void>;
  /** Lets it through. */
  release(): void;
}

/** Holds back the first writing of an object such as `isMeant` picks. */
export function holdBack(
  kubernetes: KubernetesCluster,
  isMeant: (manifest: Manifest) => boolean,
): HeldBack {
  let reach = () => {};
  let release = () => {};
  const reached = new Promise<void>(resolve => (reach = resolve));
  const released = new Promise<void>(resolve => (release = resolve));
  const pass = async (manifest: Manifest) => {
    if (!isMeant(manifest)) return;
    reach();
    await released;
  };
  const held: Partial<KubernetesCluster> = {
    async apply(manifest, options) {
      await pass(manifest);
      return kubernetes.apply(manifest, options);
    },
    async create(manifest, options) {
      await pass(manifest);
      return kubernetes.create(manifest, options);
    },
  };
  const proxy = new Proxy(kubernetes, {
    get(target, key: keyof KubernetesCluster) {
      const value = held[key] ?? target[key];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { kubernetes: proxy, reached, release };
}
