/* eslint-disable jest/no-export -- tests that hold wherever a database is made */
import { createBlueprintRegistry } from '@ringfence/backstage-plugin-ringfence-backend';
import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import { parse } from 'yaml';
import { until, type Cluster } from '../../src';
import { createDriver, handshake, readWay, type Way } from './cql';
import { Look, nameOf } from './look';
import {
  beforeAndAfterApply,
  filledIn,
  manifestsOf,
  type ShownPlan,
} from './plan';
import {
  createProvisioner,
  endOf,
  provision,
  startPlugin,
  troubles,
  type TestPlugin,
} from './provisioning';
import { Wire } from './wire';

/** What the tests need of a Kubernetes cluster. */
export type ProvisioningCluster = Pick<
  Cluster,
  'kubernetes' | 'kubectl' | 'kubeconfig'
>;

/** A database that was asked for, and all that the tests ask about it with. */
export class FencedDatabase {
  private constructor(
    readonly cluster: ProvisioningCluster,
    readonly spec: { readonly name: string; readonly namespace: string },
    readonly provisioner: ReturnType<typeof createProvisioner>,
    readonly plugin: TestPlugin,
    readonly wire: Wire,
    /** What was shown before anything was there. */
    readonly planned: ShownPlan,
    readonly created: readonly ProvisioningEvent[],
  ) {}

  /**
   * Whether it came to be is for the tests to say.
   *
   * @param shown - the plan, where the database is there already
   */
  static async create(
    cluster: ProvisioningCluster,
    spec: FencedDatabase['spec'],
    shown?: ShownPlan,
  ): Promise<FencedDatabase> {
    const plugin = await startPlugin(cluster);
    const wire = new Wire();
    const provisioner = createProvisioner(cluster.kubernetes);
    const planned = shown ?? (await provisioner.plan(spec));
    const created = await provision(provisioner, spec);
    return new FencedDatabase(
      cluster,
      spec,
      provisioner,
      plugin,
      wire,
      planned,
      created,
    );
  }

  get look(): Look {
    return new Look(this.cluster);
  }

  /** `kubectl get` in its namespace. */
  read(...what: readonly string[]): Promise<any> {
    return this.look.read(['get', ...what, '-n', this.spec.namespace]);
  }

  async way(): Promise<Way> {
    const way = await readWay(this.cluster, this.spec);
    return { ...way, port: this.recipe.port };
  }

  /** How many nodes it has, and where clients come in. */
  get recipe(): { readonly nodes: number; readonly port: number } {
    const { blueprint, spec } = createBlueprintRegistry().parse(this.spec);
    const [port] = blueprint.access(spec).tlsPorts;
    return { nodes: blueprint.observation(spec).replicas, port };
  }

  async stop(): Promise<void> {
    this.wire.stop();
    await this.plugin.stop();
  }
}

/** What the API server was sent, and what it keeps. */
function describeManifests(database: () => FencedDatabase): void {
  it('is provisioned', () => {
    expect(endOf(database().created)).toBe('done');
  });

  it('sends every manifest with strict validation, and is warned of nothing', () => {
    const written = database()
      .wire.of('ringfence')
      .filter(({ status }) => status < 300);
    const lax = written.filter(
      ({ path, query }) =>
        !path.endsWith('/status') && query.get('fieldValidation') !== 'Strict',
    );
    expect(written.length).toBeGreaterThan(20);
    expect(lax).toEqual([]);
    expect(written.filter(({ warnings }) => warnings.length > 0)).toEqual([]);
  });

  it('would have been told of a warning, and of an unknown field', async () => {
    const { namespace } = database().spec;
    const labels = { app: 'other' };
    const set = (containers: object[], more: object = {}) => ({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'other', namespace },
      spec: {
        serviceName: 'other',
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
        ...more,
      },
    });
    const container = { name: 'a', image: 'example.com/a:1' };
    const twice = [1, 2].map(it => ({ name: 'A', value: `${it}` }));
    const dryRun = { dryRun: true };
    const { kubernetes } = database().cluster;
    // One name given twice is allowed, and warned of.
    await kubernetes.create(set([{ ...container, env: twice }]), dryRun);
    const [last] = database().wire.of('ringfence').slice(-1);
    expect(last.warnings.join()).toMatch(/env\[1\]|hides previous/);
    await expect(
      kubernetes.create(set([container], { notThere: true }), dryRun),
    ).rejects.toThrow('notThere');
  });

  it('stores the spec as it was asked for, completed', async () => {
    const { data } = await database().read('configmap', 'ringfence');
    const { spec } = createBlueprintRegistry().parse(database().spec);
    expect(parse(data['spec.yaml'])).toEqual(spec);
  });

  it('changes no resourceVersion the second time', async () => {
    const { namespace } = database().spec;
    const before = await database().look.resourceVersions(namespace);
    const again = await provision(database().provisioner, database().spec);
    const changes = again.flatMap(event =>
      event.type === 'object' ? [event.change] : [],
    );
    expect(endOf(again)).toBe('done');
    expect(new Set(changes)).toEqual(new Set(['unchanged']));
    expect(await database().look.resourceVersions(namespace)).toEqual(before);
    expect(Object.keys(before).length).toBeGreaterThan(15);
  });
}

/** Whether what was shown is what was done. */
function describePlan(database: () => FencedDatabase): void {
  it('is what the plan had shown, once its address and hash are put in', async () => {
    const { planned, provisioner, spec } = database();
    const { address } = await database().way();
    const { metadata } = (await database().read('statefulset', spec.name)).spec
      .template;
    const secretHash = metadata.annotations['ringfence.dev/secret-hash'];
    const shown = filledIn(planned, { address, secretHash });
    const now = await provisioner.plan(spec);
    expect(now.checkedBy).toBe(
      `server-side dry run in namespace "${spec.namespace}"`,
    );
    expect(shown).toEqual(manifestsOf(now));
    const { kubectl } = database().cluster;
    const { before, after } = await beforeAndAfterApply(kubectl, shown);
    expect(before.length).toBeGreaterThan(10);
    expect(after).toEqual(before);
  });

  it('has written no object that the plan had not shown, but its stored spec and its own rights', async () => {
    const { planned, look, spec } = database();
    const there = await look.writtenBy('ringfence', spec.namespace);
    expect(there).toContain('Secret orders-app');
    const shown = manifestsOf(planned).map(nameOf);
    const secrets = planned.stages.flatMap(stage => stage.secrets);
    const known = [...shown, ...secrets.map(name => `Secret ${name}`)];
    // An account that has all rights binds none to itself.
    const ownRights = 'RoleBinding ringfence';
    expect(there.filter(name => ![...known, ownRights].includes(name))).toEqual(
      ['ConfigMap ringfence'],
    );
  });
}

/** Whether pods are admitted. */
function describePods(database: () => FencedDatabase): void {
  it('has every pod admitted under Pod Security "restricted", that of the gateway included', async () => {
    const { namespace } = database().spec;
    const home = await database().read('namespace', namespace);
    const { items } = await database().read('pods');
    expect(home.metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    // One of them is the gateway's.
    expect(items.map((it: any) => it.status.phase)).toEqual(
      Array(database().recipe.nodes + 1).fill('Running'),
    );
    expect(await database().look.refusedPods(namespace)).toEqual([]);
  });

  it('needs the parameters of its Gateway for that', async () => {
    const { namespace } = database().spec;
    const gateway = await database().read('gateway', 'orders-gateway');
    const { infrastructure, ...spec } = gateway.spec;
    await database().cluster.kubernetes.apply({
      apiVersion: gateway.apiVersion,
      kind: 'Gateway',
      metadata: { name: 'bare', namespace },
      spec,
    });
    const [refused] = await until('a refused pod', 30_000, async () => {
      const found = await database().look.refusedPods(namespace);
      return found.length > 0 && found;
    });
    const bare = ['gateway', 'bare', '-n', namespace];
    await database().cluster.kubectl(['delete', ...bare]);
    expect(refused).toMatch(/violates PodSecurity "restricted.*seccompProfile/);
  });
}

/** Whether the fence holds, and what the gateway shows. */
function describeFence(database: () => FencedDatabase): void {
  it('is Fenced, by every check', async () => {
    const { namespace } = database().spec;
    const report = await database().plugin.report(namespace);
    expect(troubles(report)).toEqual([]);
    expect(report.headline).toBe('Fenced');
    expect(report.nodes).toHaveLength(database().recipe.nodes);
  });

  it("has its gateway's address in the certificate that Envoy serves", async () => {
    const way = await database().way();
    const socket = await handshake(way);
    const { subjectaltname } = socket.getPeerCertificate();
    socket.destroy();
    expect(subjectaltname).toContain(`IP Address:${way.address}`);
  });
}

/** Who comes through the gateway. */
function describeCql(database: () => FencedDatabase): void {
  it('runs CQL of the application role through Envoy', async () => {
    const way = await database().way();
    const driver = createDriver(way);
    await driver.connect();
    await driver.execute(
      "CREATE KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}",
    );
    await driver.execute(
      'CREATE TABLE shop.carts (id int PRIMARY KEY, item text)',
    );
    for (const id of [1, 2, 3]) {
      await driver.execute(
        'INSERT INTO shop.carts (id, item) VALUES (?, ?)',
        [id, `item ${id}`],
        { prepare: true },
      );
    }
    const { rows } = await driver.execute('SELECT id FROM shop.carts');
    await driver.shutdown();
    expect(rows.map(row => row.get('id')).sort()).toEqual([1, 2, 3]);
  });

  it('refuses a login that is not its own', async () => {
    const way = await database().way();
    const driver = createDriver({ ...way, password: 'wrong' });
    await expect(driver.connect()).rejects.toThrow();
    await driver.shutdown();
  });
}

/** What holds of a database of three nodes wherever it is made. */
export function describeFencedDatabase(
  where: string,
  database: () => FencedDatabase,
): void {
  describe(`a database of three nodes on ${where}`, () => {
    describeManifests(database);
    describePlan(database);
    describePods(database);
    describeFence(database);
    describeCql(database);
  });
}

/** What holds of a database that speaks something else, wherever it is made. */
export function describeFencedCluster(
  where: string,
  database: () => FencedDatabase,
): void {
  describe(`a database on ${where}`, () => {
    describeManifests(database);
    describePlan(database);
    describePods(database);
    describeFence(database);
  });
}
