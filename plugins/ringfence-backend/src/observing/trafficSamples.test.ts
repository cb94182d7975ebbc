import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTrafficSamples, sumTrafficSamples } from './trafficSamples';

const TEXT = readFileSync(
  join(__dirname, '__fixtures__/ztunnel-metrics.txt'),
  'utf8',
);
const DATABASE = { namespace: 'scylladb', workload: 'scylladb' };

it("reads the database's incoming traffic of a real ztunnel", () => {
  const samples = readTrafficSamples(TEXT, DATABASE);
  expect(
    samples.map(({ reporter, securityPolicy, connectionsOpened }) => [
      reporter,
      securityPolicy,
      connectionsOpened,
    ]),
  ).toEqual([
    ['destination', 'mutual_tls', 2],
    ['source', 'mutual_tls', 2],
  ]);
});

it('leaves out what the database itself sends elsewhere', () => {
  const samples = readTrafficSamples(TEXT, {
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

it('leaves out a workload of the same name elsewhere', () => {
  expect(
    readTrafficSamples(TEXT, { namespace: 'other', workload: 'scylladb' }),
  ).toEqual([]);
});

function line(labels: string, value: string): string {
  return `istio_tcp_connections_opened_total{reporter="destination",destination_workload="scylladb",destination_workload_namespace="scylladb",${labels}} ${value}\n`;
}

it('leaves out a last line that was cut off: half a number is a wrong number', () => {
  const whole = line(
    'source_workload="a",connection_security_policy="mutual_tls"',
    '12',
  );
  const cut = line(
    'source_workload="b",connection_security_policy="unknown"',
    '3456',
  ).slice(0, -3);
  expect(readTrafficSamples(whole + cut, DATABASE)).toMatchObject([
    { sourceWorkload: 'a', connectionsOpened: 12 },
  ]);
});

it('gives for every cut of a real text no more than is in the whole', () => {
  const opened = (text: string) =>
    readTrafficSamples(text, DATABASE).reduce(
      (sum, sample) => sum + sample.connectionsOpened,
      0,
    );
  const all = opened(TEXT);
  for (let end = 0; end <= TEXT.length; end += 97) {
    expect(opened(TEXT.slice(0, end))).toBeLessThanOrEqual(all);
  }
});

it('reads escaped label values, and the flags of a refusal', () => {
  const text = line(
    'source_workload="a\\"b{},c",response_flags="DENY",connection_security_policy="unknown"',
    '1',
  );
  expect(readTrafficSamples(text, DATABASE)).toMatchObject([
    { sourceWorkload: 'a"b{},c', refused: 'DENY' },
  ]);
});

it('adds up what several ztunnels count of one source, and keeps refusals apart', () => {
  const [taken] = readTrafficSamples(TEXT, DATABASE);
  const refused = { ...taken, refused: 'DENY' };
  expect(sumTrafficSamples([taken, taken, refused])).toMatchObject([
    { connectionsOpened: 2 * taken.connectionsOpened },
    { connectionsOpened: taken.connectionsOpened, refused: 'DENY' },
  ]);
});
