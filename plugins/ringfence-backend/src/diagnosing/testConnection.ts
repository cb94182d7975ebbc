import { isIP } from 'node:net';
import {
  CONNECTION_TEST_STEPS,
  type ConnectionTestStep,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  DatabaseTools,
  KubernetesCluster,
} from '@ringfence/backstage-plugin-ringfence-node';
import { toError } from '@backstage/errors';
import {
  describeTls,
  dial,
  DialError,
  hostPort,
} from '@ringfence/connection/dial';
import { count, expiryText, list } from '../checks/words';
import type { StoredDatabase } from '../databases/Databases';
import { forwardPod } from '../tools/podForward';
import { readWay, type Place, type Way } from './clientWay';

/** For DNS, TCP and TLS of one address together. */
const DIAL_TIMEOUT_MS = 8_000;

/** What one address showed. */
interface Dialled extends Place {
  readonly address: string;
  readonly session: string;
  readonly notAfter: Date;
}

/**
 * Goes the way of a client from here, up to a login as the application role,
 * and stops at the first step that does not pass. Each step is told once; the
 * last one is `ring`.
 *
 * @throws InputError where the spec exposes nothing
 * @throws NotFoundError where there is no way in yet, or no CA
 */
export async function testConnection(
  database: StoredDatabase,
  tools: DatabaseTools,
  signal: AbortSignal,
): Promise<AsyncIterable<ConnectionTestStep>> {
  const way = await readWay(database, tools);
  return steps(way, tools, signal);
}

async function* steps(
  way: Way,
  tools: DatabaseTools,
  signal: AbortSignal,
): AsyncGenerator<ConnectionTestStep> {
  const told: ConnectionTestStep[] = [];
  const parts = [
    () => dialAll(way, tools, signal),
    () => logIn(way, tools, signal),
    () => askRing(way, tools),
  ];
  for (const part of parts) {
    const results = await part();
    yield* results;
    told.push(...results);
    if (results.some(({ state }) => state !== 'ok')) break;
  }
  yield* CONNECTION_TEST_STEPS.slice(told.length).map(
    (step): ConnectionTestStep => ({
      step,
      state: 'skipped',
      summary: 'Not reached',
    }),
  );
}

async function dialAll(
  way: Way,
  { kubernetes }: DatabaseTools,
  signal: AbortSignal,
): Promise<ConnectionTestStep[]> {
  try {
    const dialled: Dialled[] = [];
    for (const place of way.places) {
      dialled.push(await dialOne(place, kubernetes, signal));
    }
    return passed(way, dialled);
  } catch (error) {
    if (error instanceof DialError) return stopped(error);
    throw error;
  }
}

async function dialOne(
  place: Place,
  kubernetes: KubernetesCluster,
  signal: AbortSignal,
): Promise<Dialled> {
  const { target, pod } = place;
  const forward = pod && (await forwardPod(kubernetes, pod, target.port));
  try {
    const at = forward
      ? { ...target, host: forward.address, port: forward.port }
      : target;
    const socket = await dial(at, { timeoutMs: DIAL_TIMEOUT_MS, signal });
    try {
      return {
        ...place,
        address: socket.remoteAddress ?? target.host,
        session: describeTls(socket),
        notAfter: new Date(socket.getPeerX509Certificate()!.validTo),
      };
    } finally {
      socket.end().destroySoon();
    }
  } finally {
    forward?.close();
  }
}

/** Where it was looked for. */
function nameLookup({ target: { host }, pod, address }: Dialled): string {
  if (pod) {
    return 'Nothing to look up: the portal goes to each node through the API server of Kubernetes';
  }
  return isIP(host)
    ? `${host} is an address`
    : `${host} has address ${address}`;
}

function passed(
  { authority }: Way,
  dialled: readonly Dialled[],
): ConnectionTestStep[] {
  const [first] = dialled;
  const { serverName } = first.target;
  const places = dialled.map(one => hostPort(one.target.host, one.target.port));
  const ends = Math.min(...dialled.map(({ notAfter }) => notAfter.getTime()));
  const said: Array<[ConnectionTestStep['step'], string]> = [
    ['ca', `Clients trust ${authority.replaceAll('\n', ', ')}`],
    ['dns', nameLookup(first)],
    ['tcp', `${list(places)} ${places.length === 1 ? 'answers' : 'answer'}`],
    ['tls', list([...new Set(dialled.map(({ session }) => session))])],
    ['chain', 'The certificate was issued by the CA that clients trust'],
    ['expiry', `The certificate ${expiryText(new Date(ends), new Date())}`],
    ['name', `The certificate is for ${serverName}`],
  ];
  return said.map(([step, summary]) => ({ step, state: 'ok', summary }));
}

/** The steps that an error lets infer were passed, and the one that was not. */
function stopped({ step, message, remedy }: DialError): ConnectionTestStep[] {
  const before = CONNECTION_TEST_STEPS.slice(
    0,
    CONNECTION_TEST_STEPS.indexOf(step),
  );
  return [
    ...before.map(
      (name): ConnectionTestStep => ({
        step: name,
        state: 'ok',
        summary: 'Passed',
      }),
    ),
    { step, state: 'failing', summary: message, remedy: { text: remedy } },
  ];
}

/** At every address: each listener has a way of its own to the database. */
async function logIn(
  { vias, login, role }: Way,
  tools: DatabaseTools,
  signal: AbortSignal,
): Promise<ConnectionTestStep[]> {
  for (const via of vias) {
    const result = await tools.tryLogin(login, via, { signal });
    if (result.outcome === 'accepted') continue;
    const remedy =
      result.outcome === 'refused'
        ? `Provision the database again with the same spec: that sets the role's password to the one in its Secret`
        : result.remedy ??
          "See whether the database's nodes are up, and what leads to them";
    return [
      {
        step: 'login',
        state: 'failing',
        summary:
          result.outcome === 'refused'
            ? `The database refuses the application role: ${result.message}`
            : result.message,
        remedy: { text: remedy },
      },
    ];
  }
  const as = role ? `"${role}"` : 'the application role';
  return [{ step: 'login', state: 'ok', summary: `Accepted as ${as}` }];
}

async function askRing(
  { vias: [via], login, replicas }: Way,
  tools: DatabaseTools,
): Promise<ConnectionTestStep[]> {
  try {
    const session = await tools.cql(login, via);
    try {
      const rows = [
        ...(await session.execute('SELECT schema_version FROM system.local')),
        ...(await session.execute('SELECT schema_version FROM system.peers')),
      ];
      const versions = new Set(rows.map(row => String(row.schema_version)));
      return [judgeRing(rows.length, versions.size, replicas)];
    } finally {
      await session.close();
    }
  } catch (error) {
    const summary = `The ring could not be asked: ${toError(error).message}`;
    return [{ step: 'ring', state: 'unknown', summary }];
  }
}

function judgeRing(
  nodes: number,
  versions: number,
  replicas: number,
): ConnectionTestStep {
  const found = count(nodes, 'node');
  const remedy = {
    text: 'Wait a minute and test again; if it stays, see the ring on the page of the database',
  };
  if (nodes !== replicas) {
    const summary = `The ring has ${found}, and the spec asks for ${replicas}`;
    return { step: 'ring', state: 'failing', summary, remedy };
  }
  if (versions > 1) {
    const summary = `The ring of ${found} has ${versions} versions of the schema`;
    return { step: 'ring', state: 'failing', summary, remedy };
  }
  return { step: 'ring', state: 'ok', summary: `${found}, one schema` };
}
