import { isIP } from 'node:net';
import {
  CONNECTION_TEST_STEPS,
  type ConnectionTestStep,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  DatabaseTools,
  KubernetesCluster,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  describeTls,
  dial,
  DialError,
  hostPort,
} from '@ringfence/connection/dial';
import { expiryText, list } from '../checks/words';
import type { StoredDatabase } from '../databases/Databases';
import { forwardPod } from '../tools/podForward';
import { askNodes } from './askNodes';
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
    async () => [await askNodes(way, tools)],
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
  const summary =
    login === 'anonymous'
      ? 'The database knows no logins: whoever gets this far is let in'
      : `Accepted as ${as}`;
  return [{ step: 'login', state: 'ok', summary }];
}
