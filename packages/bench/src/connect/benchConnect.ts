import type { Figure } from '../figures';
import { bulkFigures } from './bulkFigures';
import { bundleFigures } from './bundleFigures';
import { connectTimeFigures } from './connectTime';
import { idleFigures } from './idle';
import { requestFigures } from './requests';
import { startWorld } from './world';

/**
 * `ringfence-connect` beside other proxies and beside no proxy, all before
 * the same Envoy on loopback. Every figure is a ratio of what one run saw, or
 * is reported without a promise.
 */
export async function benchConnect(
  log: (line: string) => void,
): Promise<Figure[]> {
  log('Starting Envoy, the nodes behind it and four proxies');
  const world = await startWorld();
  try {
    const figures: Figure[] = [];
    log('Requests per second');
    figures.push(...(await requestFigures(world.cql, log)));
    log('Bulk');
    figures.push(...(await bulkFigures(world.bulk)));
    log('Time to connect');
    figures.push(...(await connectTimeFigures(world.cql)));
    log('Idle connections');
    figures.push(...(await idleFigures(world.cql)));
    log('Bundles');
    figures.push(...(await bundleFigures()));
    return figures;
  } finally {
    await world.stop();
  }
}
