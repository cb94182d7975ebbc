import { quantile, type Figure } from '../figures';
import { describeCounts, figureOf, holds, sum, type Scene } from './measure';

/** Of how many databases something must be known. */
const MOST = 0.99;
const WITHIN_MS = 180_000;

/** How soon after its start a portal knows what watches tell of every database. */
export async function startFigures(scene: Scene): Promise<Figure[]> {
  const { portal, namespaces, log } = scene;
  const isKnown = await holds(
    WITHIN_MS,
    () => portal.firstTold.size >= namespaces.length,
  );
  const told = [...portal.firstTold.values()];
  if (!isKnown)
    log(`  of ${told.length} of ${namespaces.length} a report is known`);
  const seconds = told.map(at => (at - portal.startedAt) / 1_000);
  const { all: counts } = await portal.ask('apiRequests');
  log(`  asked until then: ${describeCounts(counts)}`);
  return [
    figureOf(scene, {
      name: 'every database has a report, after the start',
      value: isKnown ? Math.max(...seconds) : NaN,
      unit: 's',
      atMost: 20,
    }),
    figureOf(scene, {
      name: 'the same of 99 of 100 databases',
      value: isKnown ? quantile(seconds, MOST) : NaN,
      unit: 's',
    }),
    figureOf(scene, {
      name: 'requests to the API server until then',
      value: sum(counts),
      unit: '',
    }),
  ];
}
