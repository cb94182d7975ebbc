import type { Figure } from '../figures';
import {
  describeCounts,
  figureOf,
  someOf,
  sum,
  timeFigures,
  type Scene,
} from './measure';

const VIEWS = 300;
/** Fewer, where each takes long. */
const VIEWS_WITHIN_MS = 120_000;
const FLEET_VIEWS = 30;
const KB = 1_000;

/** What it takes to show one report. */
export async function reportFigures(scene: Scene): Promise<Figure[]> {
  const { portal, namespaces, log } = scene;
  await portal.ask('answered');
  await portal.ask('apiRequests');
  const said: Record<string, number> = {};
  const end = Date.now() + VIEWS_WITHIN_MS;
  for (const namespace of someOf(namespaces, VIEWS)) {
    if (Date.now() > end) break;
    const { status, text } = await portal.report(namespace);
    if (status !== 200) throw new Error(`A report answered ${status}: ${text}`);
    for (const words of troublesIn(JSON.parse(text))) {
      said[words] = (said[words] ?? 0) + 1;
    }
  }
  const { forViews } = await portal.ask('apiRequests');
  const times = await timesOf(scene, '/report');
  log(
    `  reports: ${describeCounts(said)}; asked for them: ${
      describeCounts(forViews) || 'nothing'
    }`,
  );
  return [
    ...timeFigures(scene, 'one report, time in the server', times, {
      p50: { share: 0.5, atMost: 5 },
      p99: { share: 0.99, atMost: 25 },
    }),
    figureOf(scene, {
      name: 'requests to the API server for each view',
      value: sum(forViews) / times.length,
      unit: '',
      atMost: 0,
    }),
  ];
}

/** Its state, and what keeps it from being better. */
function troublesIn({ status, findings }: { status: string; findings: any[] }) {
  const troubles = findings.filter(finding => finding.status !== 'ok');
  return [status, ...troubles.map(({ check, reason }) => `${check} ${reason}`)];
}

/** What it takes to show all databases. */
export async function fleetFigures(scene: Scene): Promise<Figure[]> {
  const { portal } = scene;
  await portal.ask('answered');
  let wireBytes = 0;
  let bytes = 0;
  const end = Date.now() + VIEWS_WITHIN_MS;
  for (let i = 0; i < FLEET_VIEWS && Date.now() < end; i++) {
    const answer = await portal.request('/ringfence/fleet');
    const { items } = JSON.parse(answer.text);
    if (items.length !== scene.namespaces.length) {
      throw new Error(`The fleet has ${items.length} databases`);
    }
    wireBytes = answer.wireBytes;
    bytes = Buffer.byteLength(answer.text);
  }
  const times = await timesOf(scene, '/fleet');
  return [
    ...timeFigures(scene, "the fleet page's data, time in the server", times, {
      p50: { share: 0.5, atMost: 60 },
      p99: { share: 0.99 },
    }),
    figureOf(scene, {
      name: "the fleet page's data on the wire",
      value: wireBytes / KB,
      unit: 'kB',
      atMost: 400,
    }),
    figureOf(scene, {
      name: 'the same before compression',
      value: bytes / KB,
      unit: 'kB',
    }),
  ];
}

/** What a portal has today: Backstage's own Kubernetes plugin, asked for the same namespaces in the same process. */
export async function peerFigures(scene: Scene): Promise<Figure[]> {
  const { portal, namespaces, log } = scene;
  const views = someOf(namespaces, Math.min(FLEET_VIEWS, namespaces.length));
  const path = '/kubernetes/resources/workloads/query';
  await portal.ask('answered');
  await portal.ask('apiRequests');
  let pods = 0;
  for (const namespace of views) {
    const body = { entityRef: `resource:default/${namespace}`, auth: {} };
    const { status, text } = await portal.request(path, body);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
    pods += podsIn(JSON.parse(text));
  }
  const { forViews } = await portal.ask('apiRequests');
  const times = await timesOf(scene, path);
  log(
    `  Backstage's Kubernetes plugin found ${pods} pods; asked: ${describeCounts(
      forViews,
    )}`,
  );
  return [
    ...timeFigures(scene, "Backstage's Kubernetes plugin, one view", times, {
      p50: { share: 0.5 },
      p99: { share: 0.99 },
    }),
    figureOf(scene, {
      name: "Backstage's Kubernetes plugin, requests for each view",
      value: sum(forViews) / views.length,
      unit: '',
    }),
  ];
}

function podsIn({ items }: { items: any[] }): number {
  return items
    .flatMap(({ resources }) => resources)
    .filter(({ type }) => type === 'pods')
    .flatMap(({ resources }) => resources).length;
}

async function timesOf({ portal }: Scene, part: string): Promise<number[]> {
  const answered = await portal.ask('answered');
  return answered.filter(({ path }) => path.includes(part)).map(({ ms }) => ms);
}
