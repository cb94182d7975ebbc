import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseMetrics, type Sample } from '../__testUtils__/parseMetrics';
import { Telemetry } from './Telemetry';
import type { Flow, MeshPod } from './types';

const fixture = (name: string) =>
  readFileSync(path.join(__dirname, '__fixtures__', name), 'utf8');

const database = {
  workload: 'scylladb',
  namespace: 'scylladb',
  serviceAccount: 'scylladb',
};
const legacyClient = { workload: 'legacy-client', namespace: 'scylladb' };
const internode: Flow = {
  source: database,
  destination: database,
  securityPolicy: 'mutual_tls',
};

/** The traffic behind the recorded metrics. */
function asRecorded(): Telemetry {
  const telemetry = new Telemetry();
  const totals = { opened: 1, closed: 1, receivedBytes: 9, sentBytes: 111 };
  telemetry.record(
    {
      source: database,
      destination: { ...legacyClient, serviceAccount: 'default' },
      securityPolicy: 'unknown',
      reporters: ['source'],
    },
    { opened: 1, closed: 1, receivedBytes: 18, sentBytes: 379 },
  );
  telemetry.record(internode, totals);
  telemetry.record({ ...internode, reporters: ['destination'] }, totals);
  telemetry.record(
    {
      ...internode,
      destinationService: { name: 'scylladb-cql', namespace: 'scylladb' },
      reporters: ['source'],
    },
    totals,
  );
  return telemetry;
}

describe('metrics', () => {
  const sorted = (samples: Sample[]) =>
    samples.map(it => JSON.stringify(it)).sort();

  it('are those that a real ztunnel printed of the same traffic', () => {
    // The recording still had a socket open on the other side.
    const counters = (text: string) =>
      parseMetrics(text).filter(it => it.name !== 'istio_tcp_sockets_open');
    expect(sorted(counters(asRecorded().renderPrometheus()))).toEqual(
      sorted(counters(fixture('ztunnel-metrics.txt'))),
    );
  });

  it('have the comments and the order of labels of a real ztunnel', () => {
    const shape = (text: string) => [
      ...new Set(
        text
          .split('\n')
          .map(line =>
            line.startsWith('#')
              ? line
              : line.replace(/"[^"]*"/g, '""').replace(/ \d+$/, ''),
          ),
      ),
    ];
    expect(shape(asRecorded().renderPrometheus())).toEqual(
      shape(fixture('ztunnel-metrics.txt')),
    );
  });

  it('count a connection as open until it is closed, once', () => {
    const telemetry = new Telemetry();
    const connection = telemetry.open(internode, {
      source: '127.1.0.1:40000',
      destination: '127.1.0.2:7000',
    });
    const sockets = () =>
      parseMetrics(telemetry.renderPrometheus())
        .filter(it => it.name === 'istio_tcp_sockets_open')
        .map(it => it.value);
    expect(sockets()).toEqual([1, 1]);
    connection.close();
    connection.close();
    expect(sockets()).toEqual([0, 0]);
  });

  it('show plaintext from outside the mesh to the destination alone, with an unknown principal', () => {
    const telemetry = new Telemetry();
    telemetry.record(
      {
        source: { ...legacyClient, serviceAccount: 'default' },
        destination: database,
        securityPolicy: 'unknown',
      },
      { opened: 2 },
    );
    const opened = parseMetrics(telemetry.renderPrometheus()).filter(
      it => it.name === 'istio_tcp_connections_opened_total',
    );
    expect(opened).toEqual([
      {
        name: 'istio_tcp_connections_opened_total',
        value: 2,
        labels: expect.objectContaining({
          reporter: 'destination',
          source_workload: 'legacy-client',
          source_principal: 'unknown',
          destination_principal:
            'spiffe://cluster.local/ns/scylladb/sa/scylladb',
          connection_security_policy: 'unknown',
        }),
      },
    ]);
  });

  it('tell flows apart that the mesh refused, by the reason', () => {
    const telemetry = new Telemetry({ trustDomain: 'example.org' });
    telemetry.record(internode, { opened: 1 });
    telemetry.record({ ...internode, responseFlags: 'DENY' }, { opened: 3 });
    const flags = parseMetrics(telemetry.renderPrometheus())
      .filter(it => it.name === 'istio_tcp_connections_opened_total')
      .filter(it => it.labels.reporter === 'destination')
      .map(it => [
        it.labels.response_flags,
        it.value,
        it.labels.source_principal,
      ]);
    const principal = 'spiffe://example.org/ns/scylladb/sa/scylladb';
    expect(flags).toEqual([
      ['-', 1, principal],
      ['DENY', 3, principal],
    ]);
  });

  it('escape what a label may not contain', () => {
    const telemetry = new Telemetry();
    const workload = 'a"b\\c\nd';
    telemetry.record(
      { ...internode, source: { ...database, workload } },
      { opened: 1 },
    );
    const [sample] = parseMetrics(telemetry.renderPrometheus()).filter(
      it => it.labels.reporter === 'source' && it.labels.source_workload,
    );
    expect(sample.labels.source_workload).toBe(workload);
  });
});

describe('config dump', () => {
  const pod: MeshPod = {
    ...database,
    name: 'scylladb-0',
    address: '127.0.0.1',
    node: 'n0',
    protocol: 'HBONE',
  };
  const outside: MeshPod = {
    ...legacyClient,
    name: 'legacy-client',
    address: '127.0.0.2',
    node: 'n0',
    protocol: 'TCP',
  };
  const recorded = JSON.parse(fixture('ztunnel-config-dump.json'));
  const dump = (telemetry: Telemetry) =>
    JSON.parse(telemetry.renderConfigDump());

  it('shows workloads as a real ztunnel does', () => {
    const telemetry = new Telemetry();
    telemetry.setMesh({ pods: [outside, pod] });
    expect(dump(telemetry).workloads).toEqual(recorded.workloads);
  });

  it('shows certificates as a real ztunnel does', () => {
    const [certificate] = recorded.certificates;
    const read = (it: any) => ({
      pem: Buffer.from(it.pem, 'base64').toString(),
      serialNumber: it.serialNumber,
      validFrom: new Date(it.validFrom),
      expirationTime: new Date(it.expirationTime),
    });
    const telemetry = new Telemetry();
    telemetry.setMesh({
      certificates: [
        {
          identity: certificate.identity,
          chain: certificate.certChain.map(read),
          roots: certificate.rootCerts.map(read),
        },
      ],
    });
    expect(dump(telemetry).certificates).toEqual([certificate]);
  });

  it('has no section but those of a real ztunnel, and the state of workloads', () => {
    expect(
      Object.keys(dump(new Telemetry())).filter(it => !(it in recorded)),
    ).toEqual(['workloadState']);
  });

  it('shows open connections at the pods of the mesh, and how they are secured', () => {
    const telemetry = new Telemetry();
    telemetry.setMesh({ pods: [pod, outside] });
    const ends = {
      source: '127.0.0.2:40000',
      destination: '127.0.0.1:9042',
    };
    const flow: Flow = {
      source: legacyClient,
      destination: database,
      securityPolicy: 'unknown',
    };
    const connection = telemetry.open(flow, ends);
    const inbound = () =>
      dump(telemetry).workloadState['Kubernetes//Pod/scylladb/scylladb-0']
        .connections.inbound;
    expect(inbound()).toEqual([
      {
        src: ends.source,
        originalDst: ends.destination,
        actualDst: ends.destination,
        protocol: 'TCP',
      },
    ]);
    connection.close();
    expect(inbound()).toEqual([]);
    expect(Object.keys(dump(telemetry).workloadState)).toHaveLength(1);
  });
});
