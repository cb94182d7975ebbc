import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type Cluster } from '../src';
import { createAccount, type Account } from '../src/account';
import { TestDatabase } from './support/databases';
import {
  findNeedles,
  needles,
  secretsOf,
  type Needle,
} from './support/needles';
import {
  KUBERNETES_CLUSTER,
  startTestPortal,
  TEMPLATE,
  type TestPortal,
} from './support/portal';
import { ProcessList } from './support/processList';
import { readRows } from './support/sqlite';
import { createThroughTemplate, type EndedTask } from './support/template';

jest.setTimeout(600_000);

const SPEC = {
  name: 'orders',
  namespace: 'orders',
  owner: 'group:default/payments',
  replicas: 1,
};
const DATABASE = `/ringfence/databases/${KUBERNETES_CLUSTER}/orders`;
/** Kinds in the database's namespace that anybody who may look at it sees. */
const READABLE_KINDS = [
  'configmaps,events,pods,services,serviceaccounts,statefulsets,leases',
  'poddisruptionbudgets,persistentvolumeclaims,endpointslices,rolebindings',
  'certificates,certificaterequests,issuers,gateways,tcproutes,tlsroutes',
  'networkpolicies,peerauthentications,authorizationpolicies',
].join();
/** In the network namespace of its own, where nothing else listens. */
const METRICS_PORT = 9464;

let directory: string;
let processes: ProcessList;
let cluster: Cluster;
let account: Account;
let portal: TestPortal;
let database: TestDatabase;
let taskId: string;
let taskEvents: EndedTask['events'];
let secrets: Needle[];
/** With the user's token, which the scaffolder keeps for as long as the task runs. */
let secretsAndUserToken: Needle[];

/** Every file below a folder, by its path. */
async function readTree(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  const files = entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    files.map(async file => [file, await readFile(file)] as const),
  );
  return new Map(contents);
}

/** What was found, each with where. */
const leaksIn = (
  haystacks: ReadonlyMap<string, Uint8Array>,
  wanted = secretsAndUserToken,
): string[] =>
  [...haystacks].flatMap(([where, content]) =>
    findNeedles(wanted, content).map(name => `${name} in ${where}`),
  );

const leaksInText = (where: string, text: string) =>
  leaksIn(new Map([[where, Buffer.from(text)]]));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ringfence-leaks-'));
  processes = new ProcessList();
  cluster = await startCluster({ log: () => {} });
  account = await createAccount(cluster);
  portal = await startTestPortal({
    kubeconfig: account.kubeconfig,
    directory,
    logLevel: 'debug',
    metricsPort: METRICS_PORT,
  });
  database = new TestDatabase(portal.ada, SPEC);
  ({ id: taskId, events: taskEvents } = await createThroughTemplate(
    portal,
    TEMPLATE,
    { kubernetesCluster: KUBERNETES_CLUSTER, ...SPEC },
  ));
  await database.get('report?refresh=true');
  await database.get('bundle');
  secrets = [
    ...(await secretsOf(cluster.kubectl, SPEC.namespace)),
    ...needles("the portal's token", Buffer.from(account.token)),
  ];
  secretsAndUserToken = [
    ...secrets,
    ...needles("the user's token", Buffer.from(portal.ada.token)),
  ];
});

afterAll(async () => {
  await portal?.stop();
  await cluster?.stop();
  await processes?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('the secrets of a database', () => {
  it('are those of both logins, of the CA and of the gateway', () => {
    const names = secrets.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'orders-superuser/password',
        'orders-app/password',
        'orders-ca/tls.key',
        'orders-tls/tls.key',
      ]),
    );
  });

  it('are found where they belong, so the search works', async () => {
    const { password } = await database.reveal();
    expect(leaksInText('reveal', password)).toEqual([
      'orders-app/password in reveal',
    ]);
    const key = await cluster.kubectl([
      'get',
      'secret',
      'orders-ca',
      '--namespace=orders',
      '--output=yaml',
    ]);
    expect(leaksInText('Secret', key)).toEqual([
      'orders-ca/tls.key in base64 in Secret',
    ]);
  });

  it("are not in the task's events", () => {
    expect(leaksInText('events', JSON.stringify(taskEvents))).toEqual([]);
  });

  it.each([
    '/ringfence/platforms',
    '/ringfence/blueprints',
    '/ringfence/databases',
    '/ringfence/fleet',
    DATABASE,
    `${DATABASE}/details`,
    `${DATABASE}/drift`,
    `${DATABASE}/traffic`,
    `${DATABASE}/report`,
    `${DATABASE}/access`,
    `${DATABASE}/ca`,
    '/catalog/entities',
    '/scaffolder/v2/tasks',
  ])('are not in the answer to GET %s', async path => {
    const answer = await portal.ada.download(path);
    expect(answer.length).toBeGreaterThan(0);
    expect(leaksIn(new Map([[path, answer]]))).toEqual([]);
  });

  it("are not in the portal's metrics", async () => {
    const url = `http://127.0.0.1:${METRICS_PORT}/metrics`;
    const metrics = await (await fetch(url)).text();
    expect(metrics).toContain('ringfence_');
    expect(leaksInText('metrics', metrics)).toEqual([]);
  });

  it('are not in the answer to a plan', async () => {
    const plan = await portal.ada.post('/ringfence/plan', database.asked());
    expect(leaksInText('plan', JSON.stringify(plan))).toEqual([]);
  });

  it('are not in what provisioning it again says', async () => {
    const events = await database.provision();
    expect(leaksInText('events', JSON.stringify(events))).toEqual([]);
  });

  it('are in no object of the namespace but the Secrets', async () => {
    const objects = await cluster.kubectl([
      'get',
      READABLE_KINDS,
      '--namespace=orders',
      '--output=yaml',
    ]);
    for (const kind of ['StatefulSet', 'TCPRoute', 'NetworkPolicy']) {
      expect(objects).toContain(`kind: ${kind}`);
    }
    expect(leaksInText('objects', objects)).toEqual([]);
  });

  it('are in no log', async () => {
    const logs = await readTree(cluster.logDir);
    logs.set(portal.logFile, await readFile(portal.logFile));
    expect([...logs.keys()].join()).toContain('kube-apiserver.log');
    expect(leaksIn(logs)).toEqual([]);
  });

  it("are not in the database's own logs", async () => {
    const files = await readTree(join(cluster.directory, 'agent', 'nodes'));
    const logs = [...files].filter(([file]) => file.endsWith('.log'));
    expect(logs.map(([file]) => file).join()).toContain('cassandra.log');
    expect(leaksIn(new Map(logs))).toEqual([]);
  });

  it("are not in the portal's databases", async () => {
    const files = await readTree(portal.databaseDir);
    expect([...files.keys()].join()).toMatch(/scaffolder.*sqlite/);
    expect(leaksIn(files, secrets)).toEqual([]);
  });

  it("are not in the scaffolder's rows once the task has ended, the user's token neither", () => {
    const rows = readRows(join(portal.databaseDir, 'scaffolder.sqlite'));
    expect(rows).toContain(taskId);
    expect(leaksInText('rows', rows)).toEqual([]);
  });

  it("are not in the scaffolder's workspace", async () => {
    expect(leaksIn(await readTree(portal.workspaceDir))).toEqual([]);
  });

  it('were never on a command line', () => {
    expect(processes.commandLines).toContain('kube-apiserver');
    expect(leaksInText('command lines', processes.commandLines)).toEqual([]);
  });
});
