import { isIP } from 'node:net';
import {
  CONNECTION_TEST_STEPS,
  stringifyDatabaseRef,
  type ConnectionTestStep,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  DatabaseTools,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { InputError, toError } from '@backstage/errors';
import {
  describeTls,
  dial,
  DialError,
  hostPort,
  targetOf,
  type DialTarget,
} from '@ringfence/connection/dial';
import { readCa } from '../access/readCa';
import { readConnection } from '../access/readConnection';
import { count, expiryText, list } from '../checks/words';
import type { StoredDatabase } from '../databases/Databases';

/** For DNS, TCP and TLS of one address together. */
const DIAL_TIMEOUT_MS = 8_000;

/** The way of a client to every address that the bundle gives to those outside. */
interface Way {
  readonly targets: readonly DialTarget[];
  readonly vias: readonly Via[];
  readonly authority: string;
  readonly roleSecret: string;
  readonly role?: string;
  readonly replicas: number;
}

/** What one address showed. */
interface Dialled {
  readonly target: DialTarget;
  readonly address: string;
  readonly session: string;
  readonly notAfter: Date;
}

/**
 * Goes the way of a client from here, up to a login as the application role,
 * and stops at the first step that does not pass. Each step is told once; the
 * last one is `ring`.
 *
 * @throws InputError where the spec asks for no gateway
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

async function readWay(
  database: StoredDatabase,
  { kubernetes }: DatabaseTools,
): Promise<Way> {
  const { blueprint, spec } = database;
  const access = blueprint.access(spec);
  if (access.exposure === 'none') {
    throw new InputError(
      `Database "${stringifyDatabaseRef(
        database.ref,
      )}" has no gateway to test: its spec says access.exposure: none. Ask "Why can't I connect?" for a workload of the mesh`,
    );
  }
  const ca = await readCa(database, kubernetes);
  const connection = await readConnection(database, kubernetes, ca);
  const endpoints = connection.endpoints.filter(
    ({ scope }) => scope === 'external',
  );
  const { serverName } = connection.tls;
  const { caSecret, clientCertificates } = access;
  return {
    targets: endpoints.map(endpoint => targetOf(connection, endpoint, ca.pem)),
    vias: endpoints.map(({ host, port }) => ({
      host,
      port,
      serverName,
      caSecret,
      ...(clientCertificates && {
        clientSecret: clientCertificates.portalSecret,
      }),
    })),
    authority: list(ca.certificates.map(({ subject }) => `"${subject}"`)),
    roleSecret: access.applicationRoleSecret,
    role: connection.role,
    replicas: blueprint.observation(spec).replicas,
  };
}

async function* steps(
  way: Way,
  tools: DatabaseTools,
  signal: AbortSignal,
): AsyncGenerator<ConnectionTestStep> {
  const told: ConnectionTestStep[] = [];
  const parts = [
    () => dialAll(way, signal),
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
  signal: AbortSignal,
): Promise<ConnectionTestStep[]> {
  try {
    const dialled: Dialled[] = [];
    for (const target of way.targets) {
      dialled.push(await dialOne(target, signal));
    }
    return passed(way, dialled);
  } catch (error) {
    if (error instanceof DialError) return stopped(error);
    throw error;
  }
}

async function dialOne(
  target: DialTarget,
  signal: AbortSignal,
): Promise<Dialled> {
  const socket = await dial(target, { timeoutMs: DIAL_TIMEOUT_MS, signal });
  try {
    return {
      target,
      address: socket.remoteAddress ?? target.host,
      session: describeTls(socket),
      notAfter: new Date(socket.getPeerX509Certificate()!.validTo),
    };
  } finally {
    socket.end().destroySoon();
  }
}

function passed(
  { authority }: Way,
  dialled: readonly Dialled[],
): ConnectionTestStep[] {
  const [{ target, address }] = dialled;
  const { host, serverName } = target;
  const places = dialled.map(one => hostPort(one.target.host, one.target.port));
  const ends = Math.min(...dialled.map(({ notAfter }) => notAfter.getTime()));
  const said: Array<[ConnectionTestStep['step'], string]> = [
    ['ca', `Clients trust ${authority.replaceAll('\n', ', ')}`],
    [
      'dns',
      isIP(host) ? `${host} is an address` : `${host} has address ${address}`,
    ],
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
  { vias, roleSecret, role }: Way,
  tools: DatabaseTools,
  signal: AbortSignal,
): Promise<ConnectionTestStep[]> {
  for (const via of vias) {
    const result = await tools.tryLogin({ secret: roleSecret }, via, {
      signal,
    });
    if (result.outcome === 'accepted') continue;
    const remedy =
      result.outcome === 'refused'
        ? `Provision the database again with the same spec: that sets the role's password to the one in Secret "${roleSecret}"`
        : result.remedy ??
          "See whether the database's nodes are up, and what leads from the gateway to them";
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
  { vias: [via], roleSecret, replicas }: Way,
  tools: DatabaseTools,
): Promise<ConnectionTestStep[]> {
  try {
    const session = await tools.cql({ secret: roleSecret }, via);
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
