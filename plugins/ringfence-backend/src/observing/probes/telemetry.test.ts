import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type {
  KubernetesObject,
  PodRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from '../../checks/__testUtils__/facts';
import { pod, ztunnel } from '../../checks/__testUtils__/objects';
import { fakeCluster } from '../__testUtils__/cluster';
import { ProxyMetrics } from '../telemetry/ProxyMetrics';
import type { ProbeContext } from './Probe';
import { probeTelemetry } from './telemetry';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

const servers: Server[] = [];
afterEach(() =>
  servers.splice(0).forEach(server => {
    server.closeAllConnections();
    server.close();
  }),
);

function sample(policy: string, count: number): string {
  return `istio_tcp_connections_opened_total{reporter="destination",source_workload="a",source_workload_namespace="b",source_principal="c",destination_workload="orders",destination_workload_namespace="orders",response_flags="-",connection_security_policy="${policy}"} ${count}\n`;
}

/** A ztunnel that answers over real HTTP. */
async function serve(
  answer: (response: ServerResponse) => void,
): Promise<number> {
  const server = createServer((request, response) => {
    if (request.url === '/stats/prometheus') answer(response);
    else response.writeHead(404).end();
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const whole = (text: string) => (response: ServerResponse) =>
  response.end(text);
const cut = (text: string) => (response: ServerResponse) => {
  response.writeHead(200, { 'content-length': 10_000 });
  response.write(text, () => response.destroy());
};

/** Runs the probe against a ztunnel on each node. */
async function probe(
  answers: Array<(response: ServerResponse) => void>,
  objects: {
    ztunnels?: KubernetesObject[];
    meshMode?: 'sidecar' | 'none';
  } = {},
) {
  let now = NOW;
  const clock = () => now;
  const ports = await Promise.all(answers.map(serve));
  const asked: string[] = [];
  const facts = healthyFacts(pki, {
    pods: seen(answers.map((_answer, ordinal) => pod(ordinal))),
    ztunnelPods: seen(
      objects.ztunnels ?? answers.map((_answer, ordinal) => ztunnel(ordinal)),
    ),
  });
  const kubernetes = fakeCluster({
    objects: [],
    portForward: async (ref: PodRef, port: number) => {
      asked.push(`${ref.namespace}/${ref.pod}:${port}`);
      return connect(ports[Number(ref.pod.split('-')[1])], '127.0.0.1');
    },
  });
  const context = {
    namespace: 'orders',
    observation: {
      ...facts.observation,
      meshMode: objects.meshMode ?? facts.observation.meshMode,
    },
    objects: facts,
    kubernetes,
    metrics: new ProxyMetrics({ clock, maxAgeMs: 50_000 }),
    refresh: false,
  } as unknown as ProbeContext;
  const { signal } = new AbortController();
  const run = (seconds: number) => {
    now = new Date(NOW.getTime() + seconds * 1_000);
    return probeTelemetry(context, signal, clock);
  };
  return { result: run(0), asked, run };
}

it.each([
  [4, 0],
  [6, 3],
])(
  'after %d s, asks anew where a reading for others shows nothing of the database: %d connections',
  async (seconds, expected) => {
    let opened = 0;
    const { result, run } = await probe([
      response => response.end(opened ? sample('mutual_tls', opened) : ''),
    ]);
    expect(await result).toEqual([]);
    opened = 3;
    const samples = await run(seconds);
    expect(samples.map(it => it.connectionsOpened)).toEqual(
      expected ? [expected] : [],
    );
  },
);

it("adds up what the ztunnels on the pods' nodes count", async () => {
  const { result, asked } = await probe([
    whole(sample('mutual_tls', 2)),
    whole(sample('mutual_tls', 3)),
  ]);
  expect(await result).toMatchObject([
    { securityPolicy: 'mutual_tls', connectionsOpened: 5 },
  ]);
  expect(asked).toEqual([
    'istio-system/ztunnel-0:15020',
    'istio-system/ztunnel-1:15020',
  ]);
});

it('does not call it free of plaintext where one answer was cut off', async () => {
  const { result } = await probe([
    whole(sample('mutual_tls', 2)),
    cut(sample('mutual_tls', 3)),
  ]);
  await expect(result).rejects.toThrow(
    'the metrics of "istio-system/ztunnel-1" were cut off',
  );
});

it('tells plaintext that one has seen, though another could not be read', async () => {
  const { result } = await probe([
    cut(sample('unknown', 1)),
    response => response.writeHead(503).end(),
  ]);
  expect(await result).toMatchObject([
    { securityPolicy: 'unknown', connectionsOpened: 1 },
  ]);
});

it('says which one could not be read, and why', async () => {
  const { result } = await probe([response => response.writeHead(503).end()]);
  await expect(result).rejects.toThrow(
    'the metrics of "istio-system/ztunnel-0": answered with HTTP status 503',
  );
});

it('does not call it free of plaintext where a node has no ztunnel to ask', async () => {
  const { result } = await probe(
    [whole(sample('mutual_tls', 2)), whole(sample('mutual_tls', 3))],
    { ztunnels: [ztunnel(0), ztunnel(1, false)] },
  );
  await expect(result).rejects.toThrow('no ztunnel is ready on node "node-1"');
});

it('says so where no ztunnel is ready on those nodes', async () => {
  const { result } = await probe([whole('')], {
    ztunnels: [ztunnel(0, false), ztunnel(9)],
  });
  await expect(result).rejects.toThrow(
    "no ztunnel is ready on the nodes of the database's pods",
  );
});

describe('in sidecar mode', () => {
  const sidecar = { meshMode: 'sidecar' } as const;
  const sent = (service: string, policy: string) =>
    `istio_tcp_connections_opened_total{reporter="source",source_workload="orders",source_workload_namespace="orders",destination_workload="unknown",destination_workload_namespace="unknown",destination_service="${service}",connection_security_policy="${policy}"} 4\n`;

  it("adds up what the pods' own sidecars count", async () => {
    const { result, asked } = await probe(
      [whole(sample('mutual_tls', 2)), whole(sample('none', 3))],
      sidecar,
    );
    expect(await result).toMatchObject([
      { securityPolicy: 'mutual_tls', connectionsOpened: 2 },
      { securityPolicy: 'none', connectionsOpened: 3 },
    ]);
    expect(asked).toEqual(['orders/orders-0:15020', 'orders/orders-1:15020']);
  });

  it('tells what they let through without knowing whereto', async () => {
    const { result } = await probe(
      [whole(sent('PassthroughCluster', 'unknown') + sent('x.y', 'unknown'))],
      sidecar,
    );
    expect(await result).toMatchObject([
      { destinationService: 'PassthroughCluster', connectionsOpened: 4 },
    ]);
  });

  it('does not take what a sidecar says of its own connections for plaintext', async () => {
    const { result } = await probe(
      [cut(sent('PassthroughCluster', 'unknown'))],
      sidecar,
    );
    await expect(result).rejects.toThrow('were cut off');
  });
});

it('says so of a database in no mesh', async () => {
  const { result } = await probe([whole('')], { meshMode: 'none' });
  await expect(result).rejects.toThrow('the database is in no mesh');
});
