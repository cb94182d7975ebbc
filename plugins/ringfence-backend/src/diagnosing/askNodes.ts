import { toError } from '@backstage/errors';
import type { ConnectionTestStep } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  DatabaseTools,
  IgniteState,
} from '@ringfence/backstage-plugin-ringfence-node';
import { count } from '../checks/words';
import type { Way } from './clientWay';

type Judged = Omit<ConnectionTestStep, 'step'>;

const WAIT = {
  text: 'Wait a minute and test again; if it stays, see the nodes on the page of the database',
};

async function askRing(
  { vias: [via], login, replicas }: Way,
  tools: DatabaseTools,
): Promise<Judged> {
  const session = await tools.cql(login, via);
  try {
    const rows = [
      ...(await session.execute('SELECT schema_version FROM system.local')),
      ...(await session.execute('SELECT schema_version FROM system.peers')),
    ];
    const versions = new Set(rows.map(row => String(row.schema_version)));
    return judgeRing(rows.length, versions.size, replicas);
  } finally {
    await session.close();
  }
}

function judgeRing(nodes: number, versions: number, replicas: number): Judged {
  const found = count(nodes, 'node');
  if (nodes !== replicas) return tooFew('ring', found, replicas);
  if (versions > 1) {
    const summary = `The ring of ${found} has ${versions} versions of the schema`;
    return { state: 'failing', summary, remedy: WAIT };
  }
  return { state: 'ok', summary: `${found}, one schema` };
}

async function askCluster(
  { vias: [via], login, replicas }: Way,
  tools: DatabaseTools,
): Promise<Judged> {
  const session = await tools.ignite(login, via);
  try {
    const nodes = await session.serverNodes();
    return judgeCluster(nodes, await session.state(), replicas);
  } finally {
    await session.close();
  }
}

/** What clients get of a cluster that is not wholly active. */
const NOT_ACTIVE = {
  INACTIVE: 'is inactive: it takes no requests',
  ACTIVE_READ_ONLY: 'is read-only: it takes no writes',
} as const;

function judgeCluster(
  nodes: number,
  state: IgniteState,
  replicas: number,
): Judged {
  const found = count(nodes, 'node');
  if (nodes !== replicas) return tooFew('cluster', found, replicas);
  if (state !== 'ACTIVE') {
    return {
      state: 'failing',
      summary: `The cluster of ${found} ${NOT_ACTIVE[state]}`,
      remedy: {
        text: 'Provision the database again with the same spec: that activates it',
      },
    };
  }
  return { state: 'ok', summary: `${found}, active` };
}

function tooFew(what: string, found: string, replicas: number): Judged {
  const summary = `The ${what} has ${found}, and the spec asks for ${replicas}`;
  return { state: 'failing', summary, remedy: WAIT };
}

/** By the protocol of the database. */
const ASKED = {
  cql: { ask: askRing, what: 'ring' },
  ignite: { ask: askCluster, what: 'cluster' },
} as const;

/** The last step: whether all nodes are there, and of one mind, as the first address of the way has it. */
export async function askNodes(
  way: Way,
  tools: DatabaseTools,
): Promise<ConnectionTestStep> {
  const { ask, what } = ASKED[way.protocol];
  try {
    return { step: 'ring', ...(await ask(way, tools)) };
  } catch (error) {
    return {
      step: 'ring',
      state: 'unknown',
      summary: `The ${what} could not be asked: ${toError(error).message}`,
    };
  }
}
