import { Client, policies } from 'cassandra-driver';
import type { ConnectionOptions } from 'node:tls';
import { quantile } from '../figures';

/** Of the stub ring's superuser. */
const LOGIN = { username: 'cassandra', password: 'cassandra' };

/** What one run of the load came to. */
export interface LoadResult {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Where the load goes. */
export interface LoadTarget {
  readonly host: string;
  readonly port: number;
  /** Absent: plaintext. */
  readonly tls?: ConnectionOptions;
}

/** A driver that knows one host and keeps one connection. */
export async function openClient({
  host,
  port,
  tls,
}: LoadTarget): Promise<Client> {
  const contact = `${host}:${port}`;
  const { AllowListPolicy, DCAwareRoundRobinPolicy } = policies.loadBalancing;
  const client = new Client({
    contactPoints: [contact],
    localDataCenter: 'dc1',
    credentials: LOGIN,
    sslOptions: tls,
    pooling: { coreConnectionsPerHost: { 0: 1, 1: 1 } },
    policies: {
      loadBalancing: new AllowListPolicy(new DCAwareRoundRobinPolicy('dc1'), [
        contact,
      ]),
    },
  });
  await client.connect();
  return client;
}

/** Keeps a number of queries in flight for a time. @throws where one fails */
export async function load(
  client: Client,
  inFlight: number,
  durationMs: number,
): Promise<LoadResult> {
  const times: number[] = [];
  const start = performance.now();
  const worker = async () => {
    while (performance.now() - start < durationMs) {
      const before = performance.now();
      await client.execute('SELECT release_version FROM system.local');
      times.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const seconds = (performance.now() - start) / 1_000;
  return {
    perSecond: times.length / seconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  };
}
