import { X509Certificate } from 'node:crypto';
import { mockServices } from '@backstage/backend-test-utils';
import type {
  ProvisioningEvent,
  RotationStep,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { DatabaseTools } from '@ringfence/backstage-plugin-ringfence-node';
import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import { readCa } from '../access/readCa';
import { createBlueprintRegistry } from '../blueprints';
import { createDatabases } from '../databases';
import { readDrift } from '../drift';
import { discoverPlatform } from '../platform';
import { createDatabaseTools } from '../tools';
import { changes, lastOf } from './__testUtils__/harness';
import { Provisioner } from './Provisioner';

jest.setTimeout(120_000);

const ACTOR = 'user:default/ada';
const REF = { kubernetesCluster: 'sandbox', namespace: 'orders' };
const SPEC = {
  blueprint: 'scylladb-ambient',
  name: 'orders',
  owner: 'group:default/payments',
  ...REF,
};
const STEPS = ['trust', 'issue', 'drop'] as const;

let sandbox: Sandbox;
let provisioner: Provisioner;
let databases: ReturnType<typeof createDatabases>;
/** Takes the place of what a command in a pod says. */
let exec: DatabaseTools['exec'] | undefined;

beforeAll(async () => {
  sandbox = await createSandbox({
    ring: () => ({ stub: 'for a test of rotation' }),
  });
  const entry = { kubernetes: sandbox.kubernetes, defaults: {} };
  const clusters = {
    listUsable: () => [entry],
    listUnusable: () => [],
    get: () => entry,
  };
  const blueprints = createBlueprintRegistry();
  const logger = mockServices.logger.mock();
  provisioner = new Provisioner({
    clusters,
    blueprints,
    createTools: (kubernetes, ref) => {
      const tools = createDatabaseTools(kubernetes, ref);
      return {
        ...tools,
        exec: (pod, command) => (exec ?? tools.exec)(pod, command),
      };
    },
    logger,
  });
  databases = createDatabases({ clusters, blueprints, logger });
});

afterAll(() => sandbox?.stop());
afterEach(() => {
  exec = undefined;
});

async function all(iterable: AsyncIterable<ProvisioningEvent>) {
  const events: ProvisioningEvent[] = [];
  for await (const event of iterable) events.push(event);
  return events;
}

const options = (signal = new AbortController().signal) => ({
  signal,
  actor: ACTOR,
});
const provision = (spec: object) => all(provisioner.provision(spec, options()));
const rotate = (step: RotationStep, ref = REF) =>
  all(provisioner.rotateCa(ref, { step }, options()));

/** Stops at the first object that is made or changed after the step was written down. */
async function interrupt(step: RotationStep): Promise<ProvisioningEvent[]> {
  const stop = new AbortController();
  const events: ProvisioningEvent[] = [];
  const run = provisioner.rotateCa(REF, { step }, options(stop.signal));
  for await (const event of run) {
    events.push(event);
    if (event.type === 'object') stop.abort(new Error('connection dropped'));
  }
  return events;
}

async function trusted(): Promise<string[]> {
  const { certificates } = await readCa(
    await databases.get(REF),
    sandbox.kubernetes,
  );
  return certificates.map(({ subject }) => subject.replace('CN=', '')).sort();
}

async function secret(name: string) {
  return sandbox.kubernetes.get({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace: REF.namespace,
    name,
  });
}

/** Who signed the certificate that the gateway shows. */
async function signedBy(): Promise<string> {
  const found = await secret('orders-tls');
  const pem = Buffer.from(found!.data!['tls.crt'], 'base64');
  return new X509Certificate(pem).issuer.replace('CN=', '');
}

async function drifted(): Promise<string[]> {
  const platform = await discoverPlatform({
    kubernetes: sandbox.kubernetes,
    defaults: {},
  });
  const found = await readDrift(
    sandbox.kubernetes,
    await databases.get(REF),
    platform,
  );
  return found.flatMap(({ object, drift }) => (drift.length > 0 ? object : []));
}

/** Neither a repair nor the same spec again finds anything to change. */
async function expectSettled(): Promise<void> {
  expect(await drifted()).toEqual([]);
  const again = await provision(SPEC);
  expect(
    changes(again).filter(change => !change.startsWith('unchanged')),
  ).toEqual([]);
  const repaired = await all(provisioner.repair(REF, options()));
  expect(lastOf(repaired)).toMatchObject({
    type: 'done',
    outcome: { changed: false },
  });
}

describe('the rotation of a CA', () => {
  beforeAll(async () => {
    await provision(SPEC);
  });

  it.each<[RotationStep]>([['issue'], ['drop']])(
    'cannot begin with step "%s"',
    async step => {
      expect(lastOf(await rotate(step))).toMatchObject({
        type: 'failed',
        name: 'ConflictError',
        message: expect.stringContaining(
          `step: "${step}" of the rotation of the CA of database "orders" cannot be taken yet`,
        ),
      });
    },
  );

  it('does not begin while a node is down', async () => {
    exec = async (_, command) => ({
      exitCode: 0,
      stderr: '',
      stdout: command.includes('status')
        ? [
            'Datacenter: datacenter1',
            ...['UN  127.0.0.1', 'DN  127.0.0.2', 'UN  127.0.0.3'].map(
              node =>
                `${node}  1 KiB  16  100.0%  38a64886-0000-0000-0000-000000000000  rack1`,
            ),
          ].join('\n')
        : '',
    });
    expect(lastOf(await rotate('trust'))).toMatchObject({
      type: 'failed',
      message: expect.stringContaining('127.0.0.2 DN'),
      remedy: expect.stringContaining('Have every node up first'),
    });
    expect(await trusted()).toEqual(['orders CA']);
  });

  it('does not begin while nodes disagree about the schema', async () => {
    const versions = ['a', 'b', 'c'].map(it => it.repeat(8));
    const real = createDatabaseTools(sandbox.kubernetes, REF);
    exec = async (pod, command) =>
      command.includes('describecluster')
        ? {
            exitCode: 0,
            stderr: '',
            stdout: `Schema versions:\n\t${versions.pop()}-0000-0000-0000-000000000000: [127.0.0.1]\n`,
          }
        : real.exec(pod, command);
    expect(lastOf(await rotate('trust'))).toMatchObject({
      type: 'failed',
      message: expect.stringContaining('3 versions of the schema'),
    });
  });

  it.each(STEPS)(
    'goes on with step "%s" where it was stopped, and nothing undoes it meanwhile',
    async step => {
      expect(lastOf(await interrupt(step))).toMatchObject({ type: 'failed' });
      expect(await databases.get(REF)).toMatchObject({
        spec: { authorities: { step } },
      });
      await expect(drifted()).rejects.toThrow(
        `Step "${step}" of the rotation of the CA in namespace "orders" is not done`,
      );
      // What a form or a colleague may do in between leads the same way.
      expect(lastOf(await provision(SPEC))).toMatchObject({ type: 'done' });

      expect(lastOf(await rotate(step))).toMatchObject({ type: 'done' });
      await expectSettled();
      const [signing, both] = {
        trust: ['orders CA', ['orders CA', 'orders CA 2']] as const,
        issue: ['orders CA 2', ['orders CA', 'orders CA 2']] as const,
        drop: ['orders CA 2', ['orders CA 2']] as const,
      }[step];
      expect(await signedBy()).toBe(signing);
      expect(await trusted()).toEqual(both);
    },
  );

  it('leaves nothing of the former CA', async () => {
    expect(await secret('orders-ca')).toBeUndefined();
    expect(await secret('orders-ca-2')).toBeDefined();
    for (const kind of ['Certificate', 'Issuer']) {
      const found = await sandbox.kubernetes.list({
        apiVersion: 'cert-manager.io/v1',
        kind,
        namespace: REF.namespace,
      });
      const names = found.map(({ metadata }) => metadata.name);
      expect(names).not.toContain('orders-ca');
      expect(names).toContain(kind === 'Issuer' ? 'orders-ca-2' : 'orders-tls');
    }
  });

  it('changes nothing where a step is done already', async () => {
    expect(lastOf(await rotate('drop'))).toMatchObject({
      type: 'done',
      outcome: {
        changed: false,
        summary: expect.stringContaining('Nothing to do'),
      },
    });
  });

  it('can be done once more', async () => {
    for (const step of STEPS) {
      expect(lastOf(await rotate(step))).toMatchObject({ type: 'done' });
    }
    expect(await trusted()).toEqual(['orders CA 3']);
    expect(await signedBy()).toBe('orders CA 3');
    await expectSettled();
  });

  it('is not for a database whose certificates somebody else signs', async () => {
    const ref = { ...REF, namespace: 'billing' };
    const issuer = { kind: 'ClusterIssuer', name: 'company-ca' };
    const created = await provision({
      ...SPEC,
      ...ref,
      name: 'billing',
      certificate: { issuer },
    });
    expect(lastOf(created)).toMatchObject({ type: 'done' });
    expect(lastOf(await rotate('trust', ref))).toMatchObject({
      type: 'failed',
      message: expect.stringContaining(
        'Database "billing" has no CA of its own',
      ),
    });
  });
});
