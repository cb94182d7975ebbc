import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import { NODE_NAMES, until, type Cluster } from '../src';
import { startClusterForAccount } from '../src/account';
import { createDriver, readWay, untilServedWith } from './support/cql';
import { provisionOverHttp } from './support/http';
import {
  CANCELLED,
  cancelled,
  DROPPED,
  failure,
  inStage,
  leaseHolder,
  stopAt,
  waitsOf,
} from './support/interruption';
import { readyNodes, restartEtcd, takeApiServerAway } from './support/outages';
import {
  createProvisioner,
  endOf,
  orders,
  provision,
  startPlugin,
  type TestPlugin,
} from './support/provisioning';
import { noticedAfterMs, untilGreen } from './support/reports';
import { AFTER_RING, RING, UNTIL_RING } from './support/stages';

jest.setTimeout(400_000);

const { namespace } = orders;
const STOPS_WITHIN_MS = 2_000;
const NOTICED_WITHIN_MS = 15_000;

const API_SERVER_AWAY =
  /Kubernetes cluster "control-plane" answers: .*ECONNREFUSED 127\.0\.0\.1:6443/;

let cluster: Cluster;
let plugin: TestPlugin;
let provisioner: ReturnType<typeof createProvisioner>;

async function read(args: readonly string[]): Promise<any> {
  const all = [...args, '-n', namespace, '-o', 'json'];
  return JSON.parse(await cluster.kubectl(all));
}

/** Runs again until a run comes to its end: two at most. */
async function finish(
  events: readonly ProvisioningEvent[],
): Promise<readonly ProvisioningEvent[]> {
  if (endOf(events) === 'done') return events;
  expect(failure(events).resumable).toBe(true);
  return provision(provisioner, orders);
}

beforeAll(async () => {
  cluster = await startClusterForAccount({ log: () => {} });
  plugin = await startPlugin(cluster);
  provisioner = createProvisioner(cluster.kubernetes);
});

afterAll(async () => {
  await plugin?.stop();
  await cluster?.stop();
});

const stop = (when: (event: ProvisioningEvent) => boolean, reason: Error) =>
  stopAt(cluster, provisioner, orders, when, reason);

const drop = () => new Error('socket closed');

describe.each(UNTIL_RING)('a run in stage "%s"', (stage, type) => {
  it('stops within 2 s when it is cancelled, and says what exists', async () => {
    const stopped = await stop(inStage(stage, type), cancelled());
    expect(stopped).toMatchObject(CANCELLED);
    expect(stopped.endedAfterMs).toBeLessThan(STOPS_WITHIN_MS);
  });

  it('stops when its connection drops, and says so', async () => {
    // What was made before is there already, so waits may hold at once.
    const stopped = await stop(inStage(stage), drop());
    expect(stopped).toMatchObject(DROPPED);
    expect(stopped.endedAfterMs).toBeLessThan(STOPS_WITHIN_MS);
  });
});

describe('two runs for the same database', () => {
  it('tells the second who is at it, and since when', async () => {
    const enough = new AbortController();
    const isRing = inStage(RING);
    let second: Promise<ProvisioningEvent[]> | undefined;
    const first = await provision(provisioner, orders, enough.signal, event => {
      if (second || !isRing(event)) return;
      const anotherPortal = createProvisioner(cluster.kubernetes);
      second = provision(anotherPortal, orders);
      void second.finally(() => enough.abort(new Error('enough')));
    });
    const { name, message } = failure(await second!);
    expect(name).toBe('ConflictError');
    expect(message).toMatch(
      /^Database "orders" in namespace "orders" of Kubernetes cluster "control-plane" is being changed by "user:default\/mock" since 20\S+Z: one run at a time\. /,
    );
    // The first went on: nobody but this test has stopped it.
    expect(failure(first).name).toBe('InterruptedError');
  });
});

describe('an API server that is killed and away for 15 s', () => {
  it('in the middle of the ring, is waited for by a run that says so, and the database comes to be', async () => {
    const events = await provisionThroughOutage(inStage(RING));
    expect(waitsOf(events).join('\n')).toMatch(API_SERVER_AWAY);
    expect(endOf(await finish(events))).toBe('done');
    await untilGreen(plugin, namespace);
    expect(await leaseHolder(cluster, namespace)).toBeUndefined();
  });
});

async function provisionThroughOutage(
  when: (event: ProvisioningEvent) => boolean,
): Promise<ProvisioningEvent[]> {
  let outage: Promise<void> | undefined;
  const events = await provision(provisioner, orders, undefined, event => {
    if (!outage && when(event)) outage = takeApiServerAway(cluster);
  });
  await outage;
  return events;
}

async function deleteRoute() {
  const route = ['tcproute', 'orders-cql', '-n', namespace];
  await cluster.kubectl(['delete', ...route, '--ignore-not-found']);
}

describe.each(AFTER_RING)('a run in stage "%s"', (stage, type) => {
  beforeEach(deleteRoute);

  it('stops within 2 s when it is cancelled, and says what exists', async () => {
    const stopped = await stop(inStage(stage, type), cancelled());
    expect(stopped).toMatchObject(CANCELLED);
    expect(stopped.endedAfterMs).toBeLessThan(STOPS_WITHIN_MS);
  });

  it('stops when its connection drops, and the next run finishes', async () => {
    const stopped = await stop(inStage(stage, type), drop());
    expect(stopped).toMatchObject(DROPPED);
    expect(endOf(await provision(provisioner, orders))).toBe('done');
  });

  it('waits for an API server that is killed and away for 15 s, says so, and finishes', async () => {
    const events = await provisionThroughOutage(inStage(stage, type));
    expect(waitsOf(events).join('\n')).toMatch(API_SERVER_AWAY);
    expect(endOf(await finish(events))).toBe('done');
    expect(await readyNodes(cluster)).toEqual(NODE_NAMES);
  });
});

describe('a certificate controller that is away while a certificate is due', () => {
  const dnsName = 'orders.example.com';
  const named = { ...orders, certificate: { dnsNames: [dnsName] } };

  it('is waited for with the words of the Certificate, and the run finishes once it is back', async () => {
    await cluster.stopCertManager();
    const ofCertificate = /^Certificate "orders\/orders-tls" is Ready: .+/;
    const events = await provision(provisioner, named, undefined, event => {
      if (cluster.components.certmanager.isRunning) return;
      const [said] = waitsOf([event]);
      if (said && ofCertificate.test(said)) cluster.startCertManager();
    });
    expect(endOf(events)).toBe('done');
    const said = waitsOf(events).filter(it => ofCertificate.test(it));
    expect(said[0]).toMatch(/generation 2/);
    expect(said[0]).toMatch(/Ready=True/);
    await untilServedWith(dnsName, await readWay(cluster, orders));
  });
});

describe('a part of a running database that is killed', () => {
  beforeAll(() => untilGreen(plugin, namespace));

  it('if a node, is named in the report within 15 s, which is green again when it is back', async () => {
    await cluster.killNode('orders/orders-1');
    const tookMs = await noticedAfterMs(
      plugin,
      namespace,
      /orders-1 is not ready/,
      // Watches tell of it; a probe of the ring waits 10 s for a node that is silent.
      'knownReport',
    ).finally(() => cluster.startNode('orders/orders-1'));
    expect(tookMs).toBeLessThan(NOTICED_WITHIN_MS);
    await untilGreen(plugin, namespace);
  });

  it('if the gateway, is named in the report, which is green again when it is back', async () => {
    await cluster.killEnvoy('orders/orders-gateway');
    const { address } = await readWay(cluster, orders);
    const refused = new RegExp(
      `${address.replaceAll('.', '\\.')}:9041.*(ECONNREFUSED|refused)`,
    );
    const tookMs = await noticedAfterMs(plugin, namespace, refused).finally(
      () => cluster.startEnvoy('orders/orders-gateway'),
    );
    expect(tookMs).toBeLessThan(NOTICED_WITHIN_MS);
    await untilGreen(plugin, namespace);
  });
});

describe('a connection to the plugin that is cut in the middle of a run', () => {
  let another: TestPlugin;
  beforeAll(async () => {
    another = await startPlugin(cluster);
  });
  afterAll(() => another?.stop());

  it('frees the database, and another portal on the same Kubernetes cluster finishes', async () => {
    await deleteRoute();
    const isRing = inStage(RING);
    const cut = await provisionOverHttp(plugin, orders, isRing);
    expect(cut.at(-1)!.type).toBe('object');
    await until('nobody holds the Lease', STOPS_WITHIN_MS, async () => {
      return (await leaseHolder(cluster, namespace)) === undefined;
    });
    expect(endOf(await provisionOverHttp(another, orders))).toBe('done');
    await untilGreen(plugin, namespace);
  });
});

describe('etcd that is restarted in the middle of a run', () => {
  const uids = async () => {
    const kinds = 'secret,configmap,service,statefulset,certificate,gateway';
    const { items } = await read(['get', kinds]);
    return items.map(({ metadata }: any) => metadata.uid).sort();
  };

  it('loses nothing, and the database comes to be as asked', async () => {
    const before = await uids();
    let outage: Promise<void> | undefined;
    const isGateway = inStage('Gateway and its address');
    const events = await provision(provisioner, orders, undefined, event => {
      if (!outage && isGateway(event)) outage = restartEtcd(cluster);
    });
    await outage;
    expect(endOf(await finish(events))).toBe('done');
    expect(await uids()).toEqual(before);
    const driver = createDriver(await readWay(cluster, orders));
    await driver.connect();
    await driver.shutdown();
    await untilGreen(plugin, namespace);
  });
});
