import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import {
  failure,
  startFakeApiServer,
  type FakeApiServer,
} from '../../kubernetes/client/__testUtils__/fakeApiServer';
import { ClientNodeKubernetesCluster } from '../../kubernetes/client/ClientNodeKubernetesCluster';
import { WatchedCluster } from './WatchedCluster';

// The client is loaded by the first test.
jest.setTimeout(60_000);

const NAMESPACES = 'GET /api/v1/namespaces';
const ORDERS = {
  metadata: {
    name: 'orders',
    resourceVersion: '7',
    labels: { 'app.kubernetes.io/managed-by': 'ringfence' },
  },
};
const LIST = {
  kind: 'NamespaceList',
  apiVersion: 'v1',
  metadata: { resourceVersion: '10' },
  items: [ORDERS],
};
const GET_ORDERS = { apiVersion: 'v1', kind: 'Namespace', name: 'orders' };

let fake: FakeApiServer;
let cluster: WatchedCluster;
beforeEach(async () => {
  fake = await startFakeApiServer();
});
afterEach(async () => {
  await cluster?.stop();
  fake.close();
});

/** Follows the fake, whose other kinds are not served. */
async function follow(
  watched: (response: ServerResponse) => void,
  list: unknown = LIST,
) {
  fake.on('GET /api/v1/namespaces/default', failure(404, 'NotFound', 'no'));
  fake.on(NAMESPACES, ({ query }, response) => {
    if (query.watch !== 'true') return { body: list };
    response.setHeader('content-type', 'application/json');
    response.flushHeaders();
    watched(response);
    return undefined;
  });
  const kubernetes = new ClientNodeKubernetesCluster(
    'eu-1',
    {
      from: 'url',
      url: fake.url,
      caData: fake.caData,
      credentials: { token: () => 'a-token' },
    },
    { firstDelayMs: 1, random: () => 0 },
  );
  cluster = new WatchedCluster(kubernetes, {
    clock: () => new Date(),
    onChange: () => {},
    timing: { heartbeatMs: 300, patienceMs: 1_500, firstDelayMs: 10 },
  });
  await cluster.start();
}

async function until(condition: () => unknown): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`still not so: ${condition}`);
    await new Promise(resolve => {
      setTimeout(resolve, 10);
    });
  }
}

const namesKnown = () =>
  cluster.namespaces.index.list().map(({ metadata }) => metadata.name);

it.each([
  ['no JSON', 'garbage\n'],
  ['half an object', '{"type":"ADDED","object":{"kind":"Namespace"'],
  ['no object', '{"type":"ADDED","object":null}\n'],
  [
    'an object without a name',
    '{"type":"MODIFIED","object":{"metadata":{}}}\n',
  ],
  ['another type of event', '{"type":"BREWED","object":{"metadata":{}}}\n'],
])(
  'goes on knowing what there is where the API server sends %s',
  async (_what, bytes) => {
    let watches = 0;
    await follow(response => {
      watches += 1;
      response.end(bytes);
    });
    await until(() => watches > 2);
    expect(namesKnown()).toEqual(['orders']);
    const fact = await cluster.get(GET_ORDERS);
    expect(fact.known && fact.value?.metadata.name).toBe('orders');
  },
);

it.each([
  ['no list', 'garbage'],
  ['a list of nothing that it should be', { items: 'many' }],
])('starts all the same where the API server sends %s', async (_what, list) => {
  await follow(() => {}, list);
  expect(namesKnown()).toEqual([]);
  expect(cluster.namespaces.state.is).not.toBe('absent');
});

it('says that nothing is known any more, and since when, of an API server that hangs', async () => {
  await follow(() => {});
  expect(namesKnown()).toEqual(['orders']);
  fake.on('GET /api/v1/namespaces/default', () => {});
  await until(() => cluster.silence);
  expect(await cluster.get(GET_ORDERS)).toMatchObject({
    known: false,
    why: expect.stringMatching(/^Kubernetes cluster "eu-1" has not answered/),
  });
  fake.on('GET /api/v1/namespaces/default', failure(404, 'NotFound', 'no'));
  await until(() => !cluster.silence);
});

it('does not wait for an API server that takes connections and says nothing', async () => {
  fake.server.removeAllListeners('request');
  const connected = once(fake.server, 'secureConnection');
  const started = follow(() => {});
  await connected;
  let hasStarted = false;
  void started.then(() => {
    hasStarted = true;
  });
  await cluster.stop();
  await until(() => hasStarted);
  expect(hasStarted).toBe(true);
});
