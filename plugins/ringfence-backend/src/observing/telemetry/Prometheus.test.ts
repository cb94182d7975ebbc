import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ConfigReader } from '@backstage/config';
import { Prometheus } from './Prometheus';
import { prometheusOptions } from './prometheusOptions';
import { passedThroughFrom, trafficTo } from './trafficSamples';

const NOW = new Date('2026-06-01T12:00:00Z');
const ORDERS = { namespace: 'orders', workload: 'orders' };

const servers: Server[] = [];
afterEach(() =>
  servers.splice(0).forEach(server => {
    server.closeAllConnections();
    server.close();
  }),
);

/** A Prometheus that answers each query over real HTTP. */
async function serve(
  answer: (query: string, response: ServerResponse) => void,
): Promise<string> {
  const onRequest = async (
    request: IncomingMessage,
    response: ServerResponse,
  ) => {
    const form = new URLSearchParams(await text(request));
    if (request.url === '/prefix/api/v1/query') {
      answer(form.get('query')!, response);
    } else {
      response.writeHead(404).end('no such page');
    }
  };
  const server = createServer((request, response) => {
    void onRequest(request, response);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix/`;
}

interface Row {
  readonly value: string;
  readonly policy?: string;
  readonly pod?: string;
  readonly labels?: Record<string, string>;
}

/** The recorded answer, with other counts. */
async function vector(rows: readonly Row[]): Promise<string> {
  const file = join(__dirname, '__fixtures__/prometheus-vector.json');
  const answer = JSON.parse(await readFile(file, 'utf8'));
  const [{ metric }] = answer.data.result;
  answer.data.result = rows.map(({ value, policy, pod, labels }) => ({
    metric: {
      ...metric,
      ...(policy && { connection_security_policy: policy }),
      ...(pod && { pod }),
      ...labels,
    },
    value: [1780315200.123, value],
  }));
  return JSON.stringify(answer);
}

async function read(
  url: string,
  options: { clusterLabel?: string; signal?: AbortSignal } = {},
) {
  const { clusterLabel, signal = new AbortController().signal } = options;
  const prometheus = new Prometheus({ url, clusterLabel }, () => NOW);
  const traffic = await prometheus.read('eu-1', ORDERS, signal);
  return traffic.get(trafficTo(ORDERS)) ?? [];
}

/** Reads where connections were so five minutes ago, and are so now. */
async function readConnections(before: readonly Row[], now: readonly Row[]) {
  const answers = {
    before: await vector(before),
    now: await vector(now),
    none: await vector([]),
  };
  const url = await serve((query, response) => {
    const isTo = query.includes('{destination_workload="orders"');
    const isOpened = query.includes('istio_tcp_connections_opened_total');
    if (!isTo || !isOpened) response.end(answers.none);
    else response.end(answers[query.includes(' offset 5m') ? 'before' : 'now']);
  });
  const samples = await read(url);
  return samples.map(({ securityPolicy, connectionsOpened, recent }) => [
    securityPolicy,
    connectionsOpened,
    recent?.connectionsOpened,
  ]);
}

it.each([
  ['what was added', [{ value: '5' }], [{ value: '12' }], 12, 7],
  ['all of a counter that is new', [], [{ value: '1' }], 1, 1],
  ['all of one that began anew', [{ value: '9' }], [{ value: '4' }], 4, 4],
  ['nothing, where nothing was', [{ value: '9' }], [{ value: '9' }], 9, 0],
  [
    'what each proxy added, though another began anew',
    [
      { value: '10', pod: 'a' },
      { value: '1', pod: 'b' },
    ],
    [
      { value: '2', pod: 'a' },
      { value: '9', pod: 'b' },
    ],
    11,
    10,
  ],
])('counts as recent %s', async (_what, before, now, total, recent) => {
  expect(await readConnections(before, now)).toEqual([
    ['mutual_tls', total, recent],
  ]);
});

it('tells plaintext from what is under mTLS, and leaves out what is no number', async () => {
  expect(
    await readConnections(
      [],
      [
        { value: '3' },
        { value: '1', policy: 'unknown' },
        { value: 'NaN', policy: 'none' },
      ],
    ),
  ).toEqual([
    ['mutual_tls', 3, 3],
    ['unknown', 1, 1],
  ]);
});

it('adds bytes to connections, and names who came', async () => {
  const answer = await vector([{ value: '12' }]);
  const none = await vector([]);
  const url = await serve((query, response) =>
    response.end(
      query.includes('{destination_workload="orders"') ? answer : none,
    ),
  );
  expect(await read(url)).toEqual([
    {
      reporter: 'destination',
      sourceWorkload: 'orders-gateway-istio',
      sourceNamespace: 'orders',
      sourcePrincipal:
        'spiffe://cluster.local/ns/orders/sa/orders-gateway-istio',
      destinationWorkload: 'orders',
      destinationService: 'orders-cql.orders.svc.cluster.local',
      securityPolicy: 'mutual_tls',
      connectionsOpened: 12,
      receivedBytes: 12,
      recent: { seconds: 300, connectionsOpened: 0, receivedBytes: 0 },
    },
  ]);
});

it("finds what the database's own sidecars let through without knowing whereto", async () => {
  const labels = {
    reporter: 'source',
    source_workload: 'orders',
    source_workload_namespace: 'orders',
    destination_workload: 'unknown',
    destination_service_name: 'PassthroughCluster',
  };
  const passed = await vector([{ value: '2', labels }]);
  const none = await vector([]);
  const url = await serve((query, response) =>
    response.end(query.includes('PassthroughCluster') ? passed : none),
  );
  const prometheus = new Prometheus({ url }, () => NOW);
  const { signal } = new AbortController();
  const traffic = await prometheus.read('eu-1', ORDERS, signal);
  expect(traffic.get(passedThroughFrom(ORDERS))).toHaveLength(1);
  expect(traffic.get(trafficTo(ORDERS))).toBeUndefined();
});

it('asks for one Kubernetes cluster where there are several', async () => {
  const none = await vector([]);
  const queries: string[] = [];
  const url = await serve((query, response) => {
    queries.push(query);
    response.end(none);
  });
  await read(url, { clusterLabel: 'cluster' });
  expect(queries).toHaveLength(8);
  expect(queries.every(query => query.includes('cluster="eu-1"'))).toBe(true);
});

it.each<[string, (response: ServerResponse) => void, string]>([
  [
    'that it refuses',
    response => response.writeHead(401).end('Unauthorized\nmore'),
    'Prometheus answered with HTTP status 401: Unauthorized',
  ],
  [
    'a page of something else',
    response => response.end('<html>'),
    'What answers is not Prometheus, or of a version not known here: <html>',
  ],
  [
    'an error of its own',
    response => response.end('{"status":"error","error":"x"}'),
    'What answers is not Prometheus',
  ],
  [
    'a login page',
    response => response.writeHead(302, { location: '/login' }).end(),
    'Prometheus does not answer: fetch failed: unexpected redirect',
  ],
  [
    'half an answer',
    response => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"status"', () => response.destroy());
    },
    'terminated',
  ],
  [
    'without end',
    response => {
      const chunk = Buffer.alloc(1024 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more).on('error', () => {});
      more();
    },
    'Prometheus answered with more than 8 MB',
  ],
])('is not known where it answers %s', async (_what, answer, message) => {
  const url = await serve((_query, response) => answer(response));
  await expect(read(url)).rejects.toThrow(message);
});

it('is not known where nothing answers', async () => {
  const url = await serve(() => {});
  const hanging = AbortSignal.timeout(50);
  await expect(read(url, { signal: hanging })).rejects.toThrow(
    'Prometheus does not answer: The operation was aborted due to timeout',
  );
});

it.each([
  [{}, undefined],
  [{ url: 'https://p.example.com' }, { url: 'https://p.example.com' }],
  [
    { url: 'http://p:9090', clusterLabel: 'cluster' },
    { url: 'http://p:9090', clusterLabel: 'cluster' },
  ],
])('reads from the configuration %j', (prometheus, expected) => {
  const ringfence = expected ? { prometheus } : {};
  expect(prometheusOptions(new ConfigReader({ ringfence }))).toEqual(expected);
});

it.each([
  [{ url: 'p.example.com' }, 'expected an http or https URL'],
  [{ url: 'file:///etc/passwd' }, 'expected an http or https URL'],
  [{ url: 'http://p', clusterLabel: 'a"b' }, 'expected the name of a label'],
])('refuses %j', (prometheus, message) => {
  const config = new ConfigReader({ ringfence: { prometheus } });
  expect(() => prometheusOptions(config)).toThrow(message);
});
