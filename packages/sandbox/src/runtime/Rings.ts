import { randomBytes } from 'node:crypto';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type {
  CassandraAuthentication,
  CassandraInstallation,
  CassandraRingOptions,
  CqlRing,
  DatabaseNodes,
  Log,
  RingLogin,
  RingNodeOptions,
} from '@ringfence/data-plane';
import type { DataPlane } from './DataPlane';
import { makesPublicLogin, type DatabasePod } from './databasePod';
import { describeRing, ringSimulated, stubSimulated } from './words';

/** Which kind of ring a namespace's database is to get. */
export type RingChoice =
  | 'cassandra'
  /** With the reason that people are told. */
  | { readonly stub: string };

export interface RingsOptions {
  readonly dataPlane: DataPlane;
  readonly log: Log;
  readonly choose: (namespace: string) => RingChoice;
  /** Real rings at a time: each of their nodes takes some 0.6 GB of memory. */
  readonly maxRealRings: number;
  /** What to say of what is described as `the Cassandra ring`. @defaultValue the sandbox's words */
  readonly simulated?: (ring: string) => string;
  /** Makes the nodes of a pod of Ignite, which are no ring. */
  readonly ignite: (definition: IgniteDefinition) => DescribedRing;
}

/** What an Ignite cluster is made from. */
export type IgniteDefinition = Pick<
  RingDefinition,
  'namespace' | 'pod' | 'nodes' | 'manifest'
>;

/** What a ring is made from. */
export interface RingDefinition {
  readonly namespace: string;
  readonly pod: DatabasePod;
  /** The same pod, as Kubernetes has it. */
  readonly manifest: KubernetesObject;
  /** Nodes that are expected, so that they can start together. */
  readonly nodes: readonly RingNodeOptions[];
  /** Starts all of them at once, instead of leaving each to its pod. */
  readonly together: boolean;
  readonly superuser?: RingLogin;
  /** Of Cassandra's own manifests: nobody has prepared logins then. */
  readonly authentication?: CassandraAuthentication;
  /** Of each node, laid over `cassandra.yaml`; then `superuser` is made by whoever runs the ring. */
  readonly settings?: CassandraRingOptions['settings'];
  readonly jvmOptions?: CassandraRingOptions['jvmOptions'];
}

/** A ring or another cluster, and what to say of it. */
export interface DescribedRing {
  readonly ring: DatabaseNodes &
    Partial<Pick<CqlRing, 'nodetool'>> & {
      /** What a node has written. */
      readonly logs?: (node: string) => string;
    };
  /** What is imitated, in a sentence for people. */
  readonly simulated: string;
}

/** The rings of all databases, by `<namespace>/<StatefulSet>`. */
export class Rings {
  readonly #options: RingsOptions;
  readonly #rings = new Map<string, Promise<DescribedRing>>();
  readonly #real = new Set<string>();
  #installation?: ReturnType<DataPlane['findCassandra']>;
  #stopped = false;

  constructor(options: RingsOptions) {
    this.#options = options;
  }

  /** Looks for Cassandra ahead of time. */
  prepare(): void {
    void this.#findCassandra();
  }

  /** The ring of that name, made where there is none yet. */
  ensure(key: string, definition: RingDefinition): Promise<DescribedRing> {
    let ring = this.#rings.get(key);
    if (!ring) {
      ring = this.#create(key, definition);
      this.#rings.set(key, ring);
      // Tried again with the next pod.
      ring.catch(() => this.#drop(key));
    }
    return ring;
  }

  async get(key: string): Promise<DescribedRing['ring'] | undefined> {
    return (await this.#rings.get(key))?.ring;
  }

  /** Stops a ring and loses its data. */
  async forget(key: string): Promise<void> {
    const ring = this.#rings.get(key);
    if (!ring) return;
    this.#rings.delete(key);
    await (await ring).ring.stop();
    this.#real.delete(key);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const stopping = [...this.#rings.values()].map(async it =>
      (await it).ring.stop(),
    );
    await Promise.allSettled(stopping);
  }

  #drop(key: string) {
    this.#rings.delete(key);
    this.#real.delete(key);
  }

  async #create(
    key: string,
    definition: RingDefinition,
  ): Promise<DescribedRing> {
    if (this.#stopped) throw new Error('The sandbox has stopped');
    if (definition.pod.product === 'ignite') {
      return this.#options.ignite(definition);
    }
    const decided = await this.#decide(key, definition.namespace);
    const ring = this.#start(definition, decided);
    if (this.#stopped) await ring.stop();
    const { simulated: describe = ringSimulated } = this.#options;
    const simulated =
      'stub' in decided
        ? stubSimulated(decided.stub)
        : describe(describeRing(definition.pod, decided));
    return { ring, simulated };
  }

  async #decide(
    key: string,
    namespace: string,
  ): Promise<CassandraInstallation | { stub: string }> {
    const choice = this.#options.choose(namespace);
    if (choice !== 'cassandra') return choice;
    const { maxRealRings } = this.#options;
    if (this.#real.size >= maxRealRings) {
      return {
        stub: `the sandbox runs ${maxRealRings} real ring${
          maxRealRings === 1 ? '' : 's'
        } at a time, for "${[...this.#real].join('", "')}" at present`,
      };
    }
    this.#real.add(key);
    const found = await this.#findCassandra();
    if (found.available) return found;
    this.#real.delete(key);
    return { stub: `Cassandra cannot run here (${found.why})` };
  }

  #findCassandra() {
    this.#installation ??= this.#options.dataPlane
      .findCassandra({ log: this.#options.log })
      .catch(error => ({ available: false as const, why: `${error}` }));
    return this.#installation;
  }

  #start(
    definition: RingDefinition,
    decided: CassandraInstallation | { stub: string },
  ): CqlRing {
    const { dataPlane, log } = this.#options;
    const { pod, nodes, together, superuser, authentication } = definition;
    const { settings, jvmOptions } = definition;
    const { clusterName, datacenter, rack } = pod;
    const common = {
      clusterName,
      datacenter,
      rack,
      nodes,
      start: together ? 'all' : 'none',
      log,
    } as const;
    const ownLogin = makesPublicLogin(pod) ? undefined : superuser ?? nobody();
    const login = settings ? superuser : ownLogin;
    return 'stub' in decided
      ? dataPlane.startStubRing({
          ...common,
          ...(login && { logins: [login] }),
        })
      : dataPlane.startCassandraRing({
          ...common,
          installation: decided,
          superuser: login,
          asShipped: authentication,
          settings,
          jvmOptions,
        });
  }
}

/** From ScyllaDB 2026.2 on there is no login at all unless the settings name one. */
function nobody(): RingLogin {
  return {
    username: `nobody_${randomBytes(8).toString('hex')}`,
    password: randomBytes(24).toString('hex'),
  };
}
