import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { stopChildrenOnSignals, stopAllChildren } from '../lib/children.mjs';
import { startPortal } from '../lib/portal.mjs';
import { startConnect, type ConnectProcess } from './connectProcess';
import { runSequence, withClient, type CqlTarget } from './cql';
import { mintOtherCa } from './otherCa';
import { PortalApi, type TaskEvent } from '../lib/portalApi';
import { Steps, assertRefused } from './steps';

const ROOT = join(__dirname, '..', '..');
const TEMPLATE = 'template:default/ringfence-scylladb-ambient';
const CREATE_TIMEOUT_MS = 180_000;
/** Longest silence that the task's log may keep. */
const MAX_SILENCE_MS = 15_000;
const DATABASE = 'sandbox/orders';
const ENTITY = 'resource/default/sandbox.orders';

/** What the form asks for. */
const FORM = {
  name: 'orders',
  namespace: 'orders',
  kubernetesCluster: 'sandbox',
  owner: 'group:default/payments',
};

/** What steps hand on to later ones. */
interface World {
  readonly directory: string;
  portal?: Awaited<ReturnType<typeof startPortal>>;
  ada: PortalApi;
  ben: PortalApi;
  access?: any;
  target?: CqlTarget;
  connect?: ConnectProcess;
}

function longestSilenceMs(events: readonly TaskEvent[]): number {
  const times = events.map(event => Date.parse(event.createdAt));
  const gaps = times.slice(1).map((time, index) => time - times[index]);
  return Math.max(...gaps);
}

async function runTemplate(world: World): Promise<TaskEvent[]> {
  const taskId = await world.ada.startTemplate(TEMPLATE, FORM);
  const events = await world.ada.followTask(taskId, {
    timeoutMs: CREATE_TIMEOUT_MS,
  });
  const { status } = await world.ada.get(`/scaffolder/v2/tasks/${taskId}`);
  const log = events.map(event => event.body.message).join('\n');
  assert.equal(status, 'completed', log);
  return events;
}

async function startThePortal(world: World) {
  world.portal = await startPortal({
    env: { ...process.env, NODE_ENV: 'development' },
    frontend: false,
    logFile: join(ROOT, 'test-results', 'portal-smoke.log'),
  });
  const { backendUrl } = world.portal;
  world.ada = await PortalApi.signIn(backendUrl, 'ada');
  world.ben = await PortalApi.signIn(backendUrl, 'ben');
  await world.ada.waitForEntity(TEMPLATE, 30_000);
  return backendUrl;
}

async function createDatabase(world: World) {
  const events = await runTemplate(world);
  const silence = longestSilenceMs(events);
  assert.ok(silence <= MAX_SILENCE_MS, `the log was silent for ${silence} ms`);
  return `${events.length} lines of log, longest silence ${silence} ms`;
}

async function createAgain(world: World) {
  const events = await runTemplate(world);
  const log = events.map(event => event.body.message ?? '');
  const said = log.find(line => line.includes('Nothing to change'));
  assert.ok(said, log.join('\n'));
}

async function findEntity(world: World) {
  const entity = await world.ada.get(`/catalog/entities/by-name/${ENTITY}`);
  assert.equal(entity.spec.owner, FORM.owner);
  assert.equal(entity.metadata.annotations['ringfence.dev/database'], DATABASE);
  return entity.metadata.title;
}

async function readReport(world: World) {
  const report = await world.ada.get(
    `/ringfence/databases/${DATABASE}/report?refresh=true`,
  );
  const bad = report.findings.filter((f: any) => f.status !== 'ok');
  assert.deepEqual(bad, []);
  return `${report.headline}, ${report.findings.length} findings, all ok. ${report.simulated}`;
}

async function refuseTheStranger(world: World) {
  const forbidden: Array<[string, RequestInit]> = [
    ['bundle', {}],
    ['access', {}],
    ['credentials/reveal', { method: 'POST', body: '{}' }],
    [
      'decommission',
      {
        method: 'POST',
        body: JSON.stringify({ confirm: FORM.name, deleteVolumes: true }),
      },
    ],
  ];
  for (const [path, init] of forbidden) {
    const response = await world.ben.request(
      `/ringfence/databases/${DATABASE}/${path}`,
      init,
    );
    assert.equal(response.status, 403, `${path}: ${await response.text()}`);
  }
  const response = await world.ben.request('/ringfence/databases', {
    method: 'POST',
    body: JSON.stringify({ blueprint: 'scylladb-ambient', ...FORM }),
  });
  assert.equal(response.status, 403, await response.text());
}

async function downloadBundle(world: World) {
  const base = `/ringfence/databases/${DATABASE}`;
  world.access = await world.ada.get(`${base}/access`);
  const zip = await world.ada.download(`${base}/bundle`);
  await writeFile(join(world.directory, 'bundle.zip'), zip);
  return `${
    zip.byteLength
  } bytes, CA ${world.access.ca.certificates[0].sha256.slice(0, 11)}…`;
}

async function startTheProxy(world: World) {
  world.connect = await startConnect(join(world.directory, 'bundle.zip'), {
    LOCAL_PORT: '0',
  });
  return world.connect.banner;
}

async function runCql(world: World) {
  const credentials = await world.ada.post(
    `/ringfence/databases/${DATABASE}/credentials/reveal`,
  );
  world.target = {
    host: world.connect!.host,
    port: world.connect!.port,
    datacenter: world.access.connection.cql.datacenter,
    ...credentials,
  };
  return runSequence(world.target!);
}

function refuseWrongPassword(world: World) {
  const target = { ...world.target!, password: 'not the password' };
  return assertRefused(
    () => withClient(target, async () => 'connected'),
    /credentials|incorrect|AuthenticationError/i,
  );
}

function refusePublicLogin(world: World) {
  const target = {
    ...world.target!,
    username: 'cassandra',
    password: 'cassandra',
  };
  return assertRefused(
    () => withClient(target, async () => 'connected'),
    /credentials|incorrect|not permitted to log in/i,
  );
}

async function refuseWrongCa(world: World) {
  const caFile = join(world.directory, 'other-ca.crt');
  await writeFile(caFile, await mintOtherCa());
  return assertRefused(
    () =>
      startConnect(join(world.directory, 'bundle.zip'), {
        LOCAL_PORT: '0',
        CA_FILE: caFile,
      }),
    /exit code [1-9].*\bCA\b/,
  );
}

/** A CQL v4 OPTIONS request, in plaintext. */
const OPTIONS_FRAME = Buffer.from([0x04, 0, 0, 0, 0x05, 0, 0, 0, 0]);

async function refusePlaintext(world: World) {
  const endpoint = world.access.connection.endpoints.find(
    (e: any) => e.scope === 'external',
  );
  for (const port of [endpoint.port, 9042]) {
    const socket = connectTcp({ host: endpoint.host, port });
    const received: Buffer[] = [];
    socket.on('data', data => received.push(data));
    socket.on('error', () => {});
    socket.write(OPTIONS_FRAME);
    await once(socket, 'close');
    const answer = Buffer.concat(received);
    // 0x84 would be the version byte of a CQL answer; a TLS alert begins with 0x15.
    assert.notEqual(answer[0], 0x84, `port ${port} answered CQL in plaintext`);
  }
  return `${endpoint.host}:${endpoint.port} and :9042`;
}

async function decommission(world: World) {
  const response = await world.ada.request(
    `/ringfence/databases/${DATABASE}/decommission`,
    {
      method: 'POST',
      body: JSON.stringify({ confirm: FORM.name, deleteVolumes: true }),
    },
  );
  const lines = (await response.text()).trim().split('\n');
  assert.equal(JSON.parse(lines.at(-1)!).type, 'done', lines.at(-1));
  const gone = await world.ada.request(`/ringfence/databases/${DATABASE}`);
  assert.equal(gone.status, 404);
}

async function main() {
  stopChildrenOnSignals();
  const directory = await mkdtemp(join(tmpdir(), 'ringfence-smoke-'));
  const world = { directory } as World;
  const steps = new Steps();
  const step = (name: string, work: (w: World) => Promise<string | void>) =>
    steps.run(name, () => work(world));
  try {
    await step('start the portal with the sandbox', startThePortal);
    await step('create a database from the template', createDatabase);
    await step('the database is in the catalog', findEntity);
    await step('the report says that the fence holds', readReport);
    await step('create it again: nothing changes', createAgain);
    await step('someone who is not an owner gets 403', refuseTheStranger);
    await step('download the bundle', downloadBundle);
    await step('ringfence-connect listens', startTheProxy);
    await step('create, insert, select as the application role', runCql);
    await step('a wrong password is refused', refuseWrongPassword);
    await step('the public default login is refused', refusePublicLogin);
    await step('a wrong CA is refused', refuseWrongCa);
    await step('plaintext is refused', refusePlaintext);
    await step('decommission it with its volumes', decommission);
  } finally {
    await world.connect?.stop();
    await world.portal?.stop();
    await stopAllChildren();
    await rm(directory, { recursive: true, force: true });
  }
  process.stdout.write(`${steps.summary()}\n`);
  process.exitCode = steps.failed > 0 ? 1 : 0;
}

main();
