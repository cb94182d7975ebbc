import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  passedThroughFrom,
  readTraffic,
  sumTrafficSamples,
  trafficTo,
  type Workload,
} from './trafficSamples';

const TEXT = readFileSync(
  join(__dirname, '__fixtures__/ztunnel-metrics.txt'),
  'utf8',
);
const readTrafficSamples = async (text: string, workload: Workload) =>
  (await readTraffic(text)).get(trafficTo(workload)) ?? [];
const DATABASE = { namespace: 'scylladb', workload: 'scylladb' };

it("reads the database's incoming traffic of a real ztunnel", async () => {
  const samples = await readTrafficSamples(TEXT, DATABASE);
  expect(
    samples.map(sample => [
      sample.reporter,
      sample.destinationService,
      sample.securityPolicy,
      sample.connectionsOpened,
    ]),
  ).toEqual([
    ['destination', undefined, 'mutual_tls', 2],
    ['source', 'scylladb-cql.scylladb.svc.cluster.local', 'mutual_tls', 1],
    ['source', undefined, 'mutual_tls', 1],
  ]);
});

it('leaves out what the database itself sends elsewhere', async () => {
  const samples = await readTrafficSamples(TEXT, {
    namespace: 'scylladb',
    workload: 'legacy-client',
  });
  expect(samples).toMatchObject([
    {
      sourceWorkload: 'scylladb',
      securityPolicy: 'unknown',
      sourcePrincipal: 'unknown',
      connectionsOpened: 1,
    },
  ]);
});

it('leaves out a workload of the same name elsewhere', async () => {
  expect(
    await readTrafficSamples(TEXT, {
      namespace: 'other',
      workload: 'scylladb',
    }),
  ).toEqual([]);
});

function line(labels: string, value: string): string {
  return `istio_tcp_connections_opened_total{reporter="destination",destination_workload="scylladb",destination_workload_namespace="scylladb",${labels}} ${value}\n`;
}

it('leaves out a last line that was cut off: half a number is a wrong number', async () => {
  const whole = line(
    'source_workload="a",connection_security_policy="mutual_tls"',
    '12',
  );
  const cut = line(
    'source_workload="b",connection_security_policy="unknown"',
    '3456',
  ).slice(0, -3);
  expect(await readTrafficSamples(whole + cut, DATABASE)).toMatchObject([
    { sourceWorkload: 'a', connectionsOpened: 12 },
  ]);
});

it('gives for every cut of a real text no more than is in the whole', async () => {
  const opened = async (text: string) =>
    (await readTrafficSamples(text, DATABASE)).reduce(
      (sum, sample) => sum + sample.connectionsOpened,
      0,
    );
  const all = await opened(TEXT);
  for (let end = 0; end <= TEXT.length; end += 97) {
    expect(await opened(TEXT.slice(0, end))).toBeLessThanOrEqual(all);
  }
});

it('reads escaped label values, and the flags of a refusal', async () => {
  const text = line(
    'source_workload="a\\"b{},c",response_flags="DENY",connection_security_policy="unknown"',
    '1',
  );
  expect(await readTrafficSamples(text, DATABASE)).toMatchObject([
    { sourceWorkload: 'a"b{},c', refused: 'DENY' },
  ]);
});

it('adds up what several ztunnels count of one source, and keeps refusals apart', async () => {
  const [taken] = await readTrafficSamples(TEXT, DATABASE);
  const refused = { ...taken, refused: 'DENY' };
  expect(sumTrafficSamples([taken, taken, refused])).toMatchObject([
    { connectionsOpened: 2 * taken.connectionsOpened },
    { connectionsOpened: taken.connectionsOpened, refused: 'DENY' },
  ]);
});

it("tells what a database's sidecar let through without knowing whereto", async () => {
  const sent = (workload: string, name: string, host = 'unknown') =>
    `istio_tcp_received_bytes_total{reporter="source",source_workload="${workload}",source_workload_namespace="orders",destination_workload="unknown",destination_workload_namespace="unknown",destination_service="${host}",destination_service_name="${name}",connection_security_policy="unknown"} 7\n`;
  const reading = await readTraffic(
    sent('orders', 'PassthroughCluster') +
      sent('billing', 'PassthroughCluster') +
      sent('orders', 'orders', 'orders.orders.svc.cluster.local'),
  );
  const orders = { namespace: 'orders', workload: 'orders' };
  expect(reading.get(passedThroughFrom(orders))).toMatchObject([
    {
      sourceWorkload: 'orders',
      destinationService: 'PassthroughCluster',
      receivedBytes: 7,
    },
  ]);
});

it.each([
  ['nothing', ''],
  ['a page of something else', '<html><body>Not here</body></html>\n'],
  ['a value that is no number', line('source_workload="a"', 'NaN')],
  ['labels that do not end', 'istio_tcp_connections_opened_total{a="b\n'],
])('makes nothing of %s', async (_what, text) => {
  expect([...(await readTraffic(text))]).toEqual([]);
});

it('reads as much of a text of many databases, and lets others have their turn meanwhile', async () => {
  const text = Array.from({ length: 2_000 }, (_, index) =>
    line(`source_workload="client-${index}"`, '1'),
  ).join('');
  let turns = 0;
  let isOver = false;
  const take = () => {
    turns += 1;
    if (!isOver) setImmediate(take);
  };
  setImmediate(take);
  const samples = await readTrafficSamples(text, DATABASE);
  isOver = true;
  expect(samples).toHaveLength(2_000);
  expect(new Set(samples.map(it => it.sourceWorkload)).size).toBe(2_000);
  expect(turns).toBeGreaterThanOrEqual(3);
});
