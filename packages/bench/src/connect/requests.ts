import { verifiedTlsOptions } from '@ringfence/connection/dial';
import { median, type Figure } from '../figures';
import { inTurns, ratioOf } from './inTurns';
import { load, openClient, type LoadResult, type LoadTarget } from './load';
import type { ProxyName } from './proxies';
import type { Side } from './world';

/** Most rounds where something is promised. */
const LOADS = [
  { inFlight: 1, rounds: 5 },
  { inFlight: 8, rounds: 5 },
  { inFlight: 64, rounds: 15 },
] as const;
const RUN_MS = 1_000;

type Way = ProxyName | 'direct TLS';
type Results = Record<Way, LoadResult[]>;

/** Requests per second through each proxy and by direct TLS. */
export async function requestFigures(
  side: Side,
  log: (line: string) => void,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { inFlight, rounds } of LOADS) {
    const turns = { rounds, warmUps: 1 };
    const results = await inTurns(waysOf(side, inFlight), turns);
    for (const [name, runs] of Object.entries(results)) {
      const perSecond = median(runs.map(run => run.perSecond)).toFixed(0);
      log(`  ${inFlight} in flight, ${name}: ${perSecond}/s`);
    }
    figures.push(...figuresOf(results, inFlight));
  }
  return figures;
}

function waysOf(
  { gateway, proxies }: Side,
  inFlight: number,
): Record<Way, () => Promise<LoadResult>> {
  const { host, port, serverName, caPem } = gateway;
  const tls = verifiedTlsOptions({ host, port, serverName, caPem });
  const way = (target: LoadTarget) => async () => {
    const client = await openClient(target);
    try {
      return await load(client, inFlight, RUN_MS);
    } finally {
      await client.shutdown();
    }
  };
  const through = (name: ProxyName) =>
    way({ host: '127.0.0.1', port: proxies[name].port });
  return {
    'direct TLS': way({ host, port, tls }),
    'ringfence-connect': through('ringfence-connect'),
    HAProxy: through('HAProxy'),
    stunnel: through('stunnel'),
    Java: through('Java'),
  };
}

function figuresOf(results: Results, inFlight: number): Figure[] {
  const goals: Array<[peer: ProxyName, least: number]> = [
    ['HAProxy', 0.8],
    ['stunnel', 1],
    ['Java', 1],
  ];
  const ours = results['ringfence-connect'];
  const perSecond = (runs: readonly LoadResult[]) =>
    runs.map(run => run.perSecond);
  const added = (quantile: 'p50' | 'p99') =>
    median(
      ours.map((run, i) => run[quantile] - results['direct TLS'][i][quantile]),
    );
  return [
    ...goals.map(
      ([peer, least]): Figure => ({
        name: `requests per second against ${peer}, ${inFlight} in flight`,
        value: ratioOf(perSecond(ours), perSecond(results[peer])),
        unit: 'x',
        ...(inFlight === 64 && {
          goal: { bound: 'at least' as const, value: least },
        }),
      }),
    ),
    ...(['p50', 'p99'] as const).map(
      (quantile): Figure => ({
        name: `${quantile} added to direct TLS, ${inFlight} in flight`,
        value: added(quantile),
        unit: 'ms',
      }),
    ),
  ];
}
