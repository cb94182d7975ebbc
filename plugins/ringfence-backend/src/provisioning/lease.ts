import { randomBytes } from 'node:crypto';
import {
  ConflictError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { SPEC_CONFIG_MAP } from '@ringfence/backstage-plugin-ringfence-common';
import {
  isAlreadyExists,
  KubernetesConflictError,
  type KubernetesCluster,
  type KubernetesObject,
  type Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Clock } from './clock';
import { LeaseLostError, RefusedError } from './errors';
import type { Emit } from './events';
import { ownLabels, refOf } from './objects';

/** A Lease that was not renewed for so long is free. */
const LEASE_SECONDS = 15;
const RENEW_EVERY_MS = 5000;
/** A living holder's last renewal is younger than this: one period, and a slow API server. */
const ALIVE_MS = RENEW_EVERY_MS + 2500;
/** After so long without a renewal nothing is written before the next one. */
const UNSURE_MS = 10_000;
const POLL_MS = 1000;
/** A release must not hold up the answer to a cancel. */
const RELEASE_WITHIN_MS = 700;

/** Where the Lease is, and who wants it. */
export interface LeaseRequest {
  /** As the run sees it: what it is stopped for, the claim is stopped for. */
  readonly kubernetes: KubernetesCluster;
  /** The same, for renewing and releasing, which a stop must not hinder. */
  readonly unguarded: KubernetesCluster;
  readonly namespace: string;
  /** Name of the database. */
  readonly name: string;
  /** Entity ref of the user, or what else acts. */
  readonly actor: string;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/**
 * The Lease that keeps two writers of one database apart: held, and renewed
 * until it is released or lost.
 */
export class HeldLease {
  readonly #request: LeaseRequest;
  readonly #onLost: (error: LeaseLostError) => void;
  readonly #ended = new AbortController();
  #current: KubernetesObject;
  #renewal?: Promise<void>;

  private constructor(
    request: LeaseRequest,
    current: KubernetesObject,
    onLost: (error: LeaseLostError) => void,
  ) {
    this.#request = request;
    this.#current = current;
    this.#onLost = onLost;
  }

  /**
   * Takes the Lease. One whose holder has missed a renewal is waited for until it expires.
   *
   * @param onLost - called when someone else has taken it
   * @throws RefusedError naming the holder and since when
   */
  static async take(
    request: LeaseRequest,
    onLost: (error: LeaseLostError) => void,
  ): Promise<HeldLease> {
    const holder = `${request.actor}_${randomBytes(6).toString('hex')}`;
    const lease = new HeldLease(request, await claim(request, holder), onLost);
    void lease.#keepRenewing();
    return lease;
  }

  /** Before a write: after a while without contact the Lease may be someone else's by now. */
  async ensure(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    if (ageOf(this.#current, this.#request.clock) < UNSURE_MS) return;
    await this.#renew();
  }

  /** For a Namespace that is about to go, and the Lease with it. */
  stopRenewing(): void {
    this.#ended.abort();
  }

  /** Lets go. Never throws, and takes no longer than it may: what is not released expires. */
  async release(): Promise<void> {
    this.stopRenewing();
    const { unguarded, clock } = this.#request;
    const released = (this.#renewal ?? Promise.resolve())
      .catch(() => {})
      .then(() => unguarded.apply(manifest(this.#request, this.#current, {})))
      .catch(() => {});
    const settled = new AbortController();
    await Promise.race([
      released,
      clock.sleep(RELEASE_WITHIN_MS, settled.signal),
    ]);
    settled.abort();
  }

  async #keepRenewing(): Promise<void> {
    const { clock } = this.#request;
    const { signal } = this.#ended;
    while (!signal.aborted) {
      // Out of reach is not lost: `ensure` keeps writes back until it is known.
      await clock
        .sleep(RENEW_EVERY_MS, signal)
        .then(() => this.#renew())
        .catch(error => this.#tellOutage(error));
    }
  }

  /** A watch goes on silently while the API server is away, so a run that waits learns of it here. */
  #tellOutage(error: unknown): void {
    if (!(error instanceof ServiceUnavailableError)) return;
    if (this.#ended.signal.aborted) return;
    const { kubernetes, clock, emit } = this.#request;
    emit({
      type: 'waiting',
      wait: `Kubernetes cluster "${kubernetes.name}" answers`,
      why: error.message,
      elapsedMs: ageOf(this.#current, clock),
    });
  }

  /** One renewal at a time, whoever asks. */
  #renew(): Promise<void> {
    this.#renewal ??= this.#renewOnce().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renewOnce(): Promise<void> {
    const { unguarded, clock } = this.#request;
    const spec = { ...this.#current.spec, renewTime: microTime(clock) };
    try {
      this.#current = await unguarded.apply(
        manifest(this.#request, this.#current, spec),
      );
    } catch (error) {
      if (isStale(error)) await this.#findOutWhoHoldsIt();
      else throw error;
    }
  }

  /** The answer to our own last renewal may have been lost on the way. */
  async #findOutWhoHoldsIt(): Promise<void> {
    const { unguarded, namespace } = this.#request;
    const live = await unguarded.get(refOf(this.#current));
    const { holderIdentity } = this.#current.spec;
    if (live && live.spec?.holderIdentity === holderIdentity) {
      this.#current = live;
      return;
    }
    const lost = new LeaseLostError(
      `Lease "${namespace}/${SPEC_CONFIG_MAP}" was lost` +
        `${live?.spec?.holderIdentity ? ` to ${holderText(live)}` : ''}`,
    );
    this.#ended.abort();
    this.#onLost(lost);
    throw lost;
  }
}

async function claim(
  request: LeaseRequest,
  holder: string,
): Promise<KubernetesObject> {
  const { kubernetes, clock, emit, signal } = request;
  const began = clock.now().getTime();
  for (;;) {
    const lease = await readOrCreate(request);
    if (lease.spec?.holderIdentity === holder) return lease;
    const ageMs = ageOf(lease, clock);
    if (!lease.spec?.holderIdentity || ageMs > expiresAfterMs(lease)) {
      const claimed = await tryClaim(kubernetes, request, lease, holder);
      if (claimed) return claimed;
      continue;
    }
    if (ageMs < ALIVE_MS) throw held(request, lease);
    emit({
      type: 'waiting',
      wait: `Lease "${request.namespace}/${SPEC_CONFIG_MAP}" is free`,
      why: `${holderText(lease)} has not renewed it for ${Math.round(
        ageMs / 1000,
      )} s; it expires after ${expiresAfterMs(lease) / 1000} s`,
      elapsedMs: clock.now().getTime() - began,
    });
    await clock.sleep(POLL_MS, signal);
  }
}

/** Made without a holder first: `apply` with a resourceVersion then lets exactly one claim it. */
async function readOrCreate(request: LeaseRequest): Promise<KubernetesObject> {
  const empty: Manifest = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: SPEC_CONFIG_MAP,
      namespace: request.namespace,
      labels: ownLabels(request.name),
    },
  };
  const lease = await request.kubernetes.get(refOf(empty));
  if (lease) return lease;
  try {
    return await request.kubernetes.create(empty);
  } catch (error) {
    if (isAlreadyExists(error)) return readOrCreate(request);
    throw error;
  }
}

async function tryClaim(
  kubernetes: KubernetesCluster,
  request: LeaseRequest,
  lease: KubernetesObject,
  holder: string,
): Promise<KubernetesObject | undefined> {
  const now = microTime(request.clock);
  const leaseTransitions = (lease.spec?.leaseTransitions ?? 0) + 1;
  try {
    return await kubernetes.apply(
      manifest(request, lease, {
        holderIdentity: holder,
        leaseDurationSeconds: LEASE_SECONDS,
        acquireTime: now,
        renewTime: now,
        leaseTransitions,
      }),
    );
  } catch (error) {
    if (isStale(error)) return undefined;
    throw error;
  }
}

function manifest(
  request: LeaseRequest,
  current: KubernetesObject,
  spec: Record<string, unknown>,
): Manifest {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: SPEC_CONFIG_MAP,
      namespace: request.namespace,
      labels: ownLabels(request.name),
      resourceVersion: current.metadata.resourceVersion,
    },
    spec,
  };
}

function held(request: LeaseRequest, lease: KubernetesObject): RefusedError {
  const { namespace, kubernetes, clock } = request;
  const since = lease.spec.acquireTime;
  const expiresInMs = expiresAfterMs(lease) - ageOf(lease, clock);
  return new RefusedError(
    `Database "${request.name}" in namespace "${namespace}" of Kubernetes cluster "${kubernetes.name}" ` +
      `is being changed by ${holderText(
        lease,
      )} since ${since}: one run at a time`,
    {
      name: ConflictError.name,
      remedy:
        `Run again when that has ended. If it died, its Lease "${namespace}/${SPEC_CONFIG_MAP}" ` +
        `expires in ${Math.ceil(expiresInMs / 1000)} s`,
    },
  );
}

function holderText(lease: KubernetesObject): string {
  return `"${String(lease.spec.holderIdentity).replace(/_[0-9a-f]{12}$/, '')}"`;
}

function ageOf(lease: KubernetesObject, clock: Clock): number {
  return (
    clock.now().getTime() - Date.parse(lease.spec?.renewTime ?? '1970-01-01')
  );
}

function expiresAfterMs(lease: KubernetesObject): number {
  return (lease.spec?.leaseDurationSeconds ?? LEASE_SECONDS) * 1000;
}

/** MicroTime, which the API server wants with six digits after the second. */
function microTime(clock: Clock): string {
  return clock.now().toISOString().replace('Z', '000Z');
}

/** Someone else wrote it, or it is gone. */
function isStale(error: unknown): boolean {
  return (
    error instanceof NotFoundError ||
    (error instanceof KubernetesConflictError &&
      error.reason === 'ResourceVersion')
  );
}
