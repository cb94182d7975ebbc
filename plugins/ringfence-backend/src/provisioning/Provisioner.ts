import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  DatabaseRef,
  ProvisioningEvent,
  RotationStep,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesObject,
  Plan,
  Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { BlueprintRegistry } from '../blueprints/BlueprintRegistry';
import { takeSecrets } from '../blueprints/takeSecrets';
import { withAuthorities } from '../databases/storedAuthorities';
import { readStoredSpec } from '../databases/storedSpec';
import type { KubernetesClusters } from '../kubernetes/KubernetesClusters';
import { discoverPlatform } from '../platform';
import { admit } from './admit';
import { systemClock, type Clock } from './clock';
import {
  deleteNamespace,
  findNamespace,
  refuseUnconfirmed,
  retainVolumes,
  type DecommissionRequest,
  type Footprint,
} from './decommission';
import { asBackstageError } from './errors';
import { ownLabels } from './objects';
import { operate, refuseForeignSpec } from './operate';
import { plan } from './plan';
import { provision } from './provision';
import { findCertificate, renew } from './renew';
import { repair } from './repair';
import { rotateCa, takeStep } from './rotateCa';
import type { Run } from './Run';
import { Session, type CreateTools, type RunOptions } from './Session';
import { NOTHING_OBSERVED } from './stages';

/** What a Provisioner works with. */
export interface ProvisionerDeps {
  readonly clusters: KubernetesClusters;
  readonly blueprints: BlueprintRegistry;
  readonly createTools: CreateTools;
  readonly logger: LoggerService;
  /** @default the machine's own */
  readonly clock?: Clock;
}

/**
 * Brings databases about and takes them down. All state is in Kubernetes, so
 * whatever stops a run, the next one goes on where things stand.
 */
export class Provisioner {
  readonly #deps: ProvisionerDeps;
  readonly #clock: Clock;

  constructor(deps: ProvisionerDeps) {
    this.#deps = deps;
    this.#clock = deps.clock ?? systemClock;
  }

  /**
   * Creates a database, completes it, or brings it to a changed spec. The
   * iteration never throws: it ends with `done` or `failed`.
   */
  provision(
    spec: unknown,
    options: RunOptions,
  ): AsyncIterable<ProvisioningEvent> {
    const { clusters, blueprints, createTools } = this.#deps;
    return Session.events(options, this.#clock, async session => {
      const guardedClusters = {
        get: (name: string) => {
          const entry = clusters.get(name);
          return { ...entry, kubernetes: session.guarded(entry.kubernetes) };
        },
      };
      const admitted = await admit(
        { clusters: guardedClusters, blueprints },
        spec,
      );
      admitted.notes.forEach(message => session.info(message));
      const { kubernetesCluster, namespace, name } = admitted.spec;
      const { kubernetes } = clusters.get(kubernetesCluster);
      const ref = { kubernetesCluster, namespace };
      const run = session.createRun(
        { ref, name },
        kubernetes,
        createTools,
        admitted.blueprint.access(admitted.spec),
      );
      run.given = takeSecrets(spec, admitted.blueprint).given;
      Object.values(run.given).forEach(secret => run.redactor.hide(secret));
      return provision(run, admitted, () => session.takeLease(run, kubernetes));
    });
  }

  /**
   * What {@link Provisioner.provision} would apply; changes nothing.
   *
   * @throws InputError and ConflictError as the run would fail
   */
  async plan(spec: unknown): Promise<Plan> {
    const { clusters } = this.#deps;
    try {
      const admitted = await admit(this.#deps, spec);
      const { kubernetes } = clusters.get(admitted.spec.kubernetesCluster);
      return await plan(kubernetes, admitted);
    } catch (error) {
      throw asBackstageError(error);
    }
  }

  /** Takes a database down; its volumes stay unless asked otherwise. The iteration never throws. */
  decommission(
    ref: DatabaseRef,
    request: DecommissionRequest,
    options: RunOptions,
  ): AsyncIterable<ProvisioningEvent> {
    const { clusters, createTools } = this.#deps;
    return Session.events(options, this.#clock, async session => {
      const { kubernetes } = clusters.get(ref.kubernetesCluster);
      const found = await findNamespace(session.guarded(kubernetes), ref);
      const { namespace, name } = found;
      refuseUnconfirmed(name, request.confirm);
      const run = session.createRun({ ref, name }, kubernetes, createTools);
      // Nothing can be created in a Namespace that is going, nor a Lease.
      if (!namespace.metadata.deletionTimestamp) {
        await session.takeLease(run, kubernetes);
      }
      if (request.deleteVolumes || namespace.metadata.deletionTimestamp) {
        return deleteNamespace(run, namespace, () => session.giveUpLease());
      }
      return retainVolumes(
        run,
        namespace,
        await this.#footprint(run, namespace),
      );
    });
  }

  /**
   * Has a certificate of a database issued again, and waits until the new one
   * is served. The iteration never throws.
   */
  renew(
    ref: DatabaseRef,
    request: { certificate: string },
    options: RunOptions,
  ): AsyncIterable<ProvisioningEvent> {
    const { certificate } = request;
    return Session.events(options, this.#clock, session =>
      operate(this.#deps, session, ref, {
        check: ({ run, blueprint, spec }) => {
          findCertificate(run, blueprint.observation(spec), certificate);
        },
        run: async ({ run, blueprint, spec }) => {
          const observation = blueprint.observation(spec);
          const access = blueprint.access(spec);
          await renew(run, { observation, access }, certificate);
          return `Certificate "${ref.namespace}/${certificate}" is renewed`;
        },
      }),
    );
  }

  /**
   * Puts objects that differ from the manifests of the stored spec back to them.
   * The iteration never throws.
   */
  repair(
    ref: DatabaseRef,
    options: RunOptions,
  ): AsyncIterable<ProvisioningEvent> {
    return Session.events(options, this.#clock, session =>
      operate(this.#deps, session, ref, {
        run: async ({ run, entry, ...database }) => {
          const platform = await discoverPlatform(entry);
          const count = await repair(run, database, platform);
          return count === 0
            ? `Nothing to repair: database "${run.name}" is as its spec says`
            : `${count} object${count === 1 ? ' is' : 's are'} put back`;
        },
      }),
    );
  }

  /**
   * Takes one step of the rotation of a database's own CA, or goes on with it
   * where it was stopped; one that is done already changes nothing. The iteration
   * never throws.
   */
  rotateCa(
    ref: DatabaseRef,
    { step }: { step: RotationStep },
    options: RunOptions,
  ): AsyncIterable<ProvisioningEvent> {
    return Session.events(options, this.#clock, session =>
      operate(this.#deps, session, ref, {
        check: operated => {
          takeStep(operated, step);
        },
        run: async ({ entry, ...operated }) =>
          rotateCa(operated, step, await discoverPlatform(entry)),
      }),
    );
  }

  /** What its blueprint makes; the labels alone where its spec cannot be read any more. */
  async #footprint(
    { kubernetes, ref, name }: Run,
    namespace: KubernetesObject,
  ): Promise<Footprint> {
    const { blueprints, clusters, logger } = this.#deps;
    try {
      const stored = await readStoredSpec(kubernetes, ref.namespace);
      const parsed = withAuthorities(blueprints.parse(stored), namespace);
      refuseForeignSpec(namespace, name, parsed);
      const { blueprint, spec } = parsed;
      const { defaults } = clusters.get(ref.kubernetesCluster);
      const platform = await discoverPlatform({ kubernetes, defaults });
      const stages: Stage[] = blueprint.stages(spec, platform);
      return {
        manifests: stages.flatMap(stage => stage.manifests(NOTHING_OBSERVED)),
        podLabels: blueprint.observation(spec).podLabels,
      };
    } catch (error) {
      logger.warn(
        `Decommissioning ${ref.kubernetesCluster}/${ref.namespace} goes by labels alone: ${error}`,
      );
      return { manifests: [], podLabels: ownLabels(name) };
    }
  }
}
