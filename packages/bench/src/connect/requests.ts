import { verifiedTlsOptions } from '@ringfence/connection/dial';
import { median, type Figure } from '../figures';
import { load, openClient, type LoadResult, type LoadTarget } from './load';
import type { Side } from './world';

const IN_FLIGHT = [1, 8, 64] as const;
const ROUNDS = 5;
const RUN_MS = 1_500;
const WARM_UP_MS = 1_500;
const DIRECT = 'direct TLS';

/** Requests per second, in turns, so that whatever else the machine does meets all alike. */
export async function requestFigures(
  side: Side,
  log: (line: string) => void,
): Promise<Figure[]> {
  const targets = targetsOf(side);
  const figures: Figure[] = [];
  for (const inFlight of IN_FLIGHT) {
    const results = await rounds(targets, inFlight);
    const perSecond = (name: string) =>
      median(results.get(name)!.map(result => result.perSecond));
    for (const name of results.keys()) {
      log(`  ${inFlight} in flight, ${name}: ${perSecond(name).toFixed(0)}/s`);
    }
    figures.push(...figuresOf(results, inFlight));
  }
  return figures;
}

function targetsOf({ gateway, proxies }: Side): Map<string, LoadTarget> {
  const { host, port, serverName, caPem } = gateway;
  const tls = verifiedTlsOptions({ host, port, serverName, caPem });
  return new Map<string, LoadTarget>([
    [DIRECT, { host, port, tls }],
    ...Object.entries(proxies).map(
      ([name, program]) =>
        [name, { host: '127.0.0.1', port: program.port }] as const,
    ),
  ]);
}

async function rounds(
  targets: ReadonlyMap<string, LoadTarget>,
  inFlight: number,
): Promise<Map<string, LoadResult[]>> {
  const results = new Map<string, LoadResult[]>();
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, target] of targets) {
      const client = await openClient(target);
      const durationMs = round === 0 ? WARM_UP_MS : RUN_MS;
      const result = await load(client, inFlight, durationMs);
      await client.shutdown();
      if (round > 0) {
        results.set(name, [...(results.get(name) ?? []), result]);
      }
    }
  }
  return results;
}

/** Each round's ratio, and the middle of them. */
function ratio(
  results: ReadonlyMap<string, LoadResult[]>,
  peer: string,
): number {
  const peers = results.get(peer)!;
  return median(
    results
      .get('ringfence-connect')!
      .map((result, round) => result.perSecond / peers[round].perSecond),
  );
}

function figuresOf(
  results: ReadonlyMap<string, LoadResult[]>,
  inFlight: number,
): Figure[] {
  const goals: Array<[peer: string, least: number]> = [
    ['HAProxy', 0.8],
    ['stunnel', 1],
    ['Java', 1],
  ];
  const added = (quantile: 'p50' | 'p99') =>
    median(
      results
        .get('ringfence-connect')!
        .map((it, i) => it[quantile] - results.get(DIRECT)![i][quantile]),
    );
  return [
    ...goals.map(
      ([peer, least]): Figure => ({
        name: `requests per second against ${peer}, ${inFlight} in flight`,
        value: ratio(results, peer),
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
