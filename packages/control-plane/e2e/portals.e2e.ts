import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  ProvisioningEvent,
  Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import { startCluster, until, type Cluster } from '../src';
import { createAccount } from '../src/account';
import { readWay, untilServedWith } from './support/cql';
import { readEvents } from './support/http';
import { failure, inStage, leaseHolder, waitsOf } from './support/interruption';
import { leaseMissed, leaseRenewed } from './support/lease';
import {
  KUBERNETES_CLUSTER,
  startTestPortal,
  TEMPLATE,
  type TestPortal,
} from './support/portal';
import { endOf, orders, troubles } from './support/provisioning';
import type { TaskEvent } from './support/scripts';
import { RING } from './support/stages';

jest.setTimeout(400_000);

const TASK_WITHIN_MS = 240_000;
const GREEN_WITHIN_MS = 90_000;
/** Shorter than the default, which is 30 s: tasks of a portal that is gone are recovered after it. */
const STALE_AFTER_SECONDS = 10;

/** One node each, to spare memory. */
const ordersSpec = { ...orders, replicas: 1 };
const invoicesSpec = { ...ordersSpec, name: 'invoices', namespace: 'invoices' };

let directory: string;
let kubeconfig: string;
let cluster: Cluster;
let first: TestPortal;
let second: TestPortal;

/** A portal with databases of its own, or again with those it had. */
const startPortal = (name: string): Promise<TestPortal> =>
  startTestPortal({
    kubeconfig,
    directory: join(directory, name),
    config: {
      'scaffolder.taskRecovery.staleTimeout': { seconds: STALE_AFTER_SECONDS },
    },
  });

async function provision(
  { ada }: TestPortal,
  spec: object,
  cutAt?: (event: ProvisioningEvent) => boolean,
): Promise<ProvisioningEvent[]> {
  const init = { method: 'POST', body: JSON.stringify(spec) };
  return readEvents(await ada.request('/ringfence/databases', init), cutAt);
}

const taskEvents = ({ ada }: TestPortal, task: string): Promise<TaskEvent[]> =>
  ada.get(`/scaffolder/v2/tasks/${task}/events`);

async function untilTaskSays(portal: TestPortal, task: string, words: string) {
  await until(`the task says "${words}"`, TASK_WITHIN_MS, async () => {
    const events = await taskEvents(portal, task);
    return events.some(({ body }) => body.message?.includes(words));
  });
}

/** Of what was made before the ring, and must not be made a second time. */
async function uids(namespace: string): Promise<string[]> {
  const kinds = 'secret,certificate,gateway,serviceaccount';
  const args = ['get', kinds, '-n', namespace, '-o', 'json'];
  const { items } = JSON.parse(await cluster.kubectl(args));
  return items.map(({ metadata }: any) => metadata.uid).sort();
}

const report = ({ ada }: TestPortal, namespace: string): Promise<Report> =>
  ada.get(
    `/ringfence/databases/${KUBERNETES_CLUSTER}/${namespace}/report?refresh=true`,
  );

async function untilGreen(portal: TestPortal, namespace: string) {
  await until('the report is green', GREEN_WITHIN_MS, async () => {
    const found = await report(portal, namespace);
    if (found.headline === 'Fenced') return true;
    throw new Error(troubles(found).join('; '));
  });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ringfence-portals-'));
  cluster = await startCluster({ log: () => {} });
  ({ kubeconfig } = await createAccount(cluster));
  // One after the other: each takes the next free port.
  first = await startPortal('first');
  second = await startPortal('second');
});

afterAll(async () => {
  await first?.stop();
  await second?.stop();
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('two portals that each provision a database, the first of which is killed in mid-task', () => {
  let ordersTask: string;
  let invoicesTask: string;
  let madeBefore: string[];
  let refused: ProvisioningEvent[];

  beforeAll(async () => {
    ordersTask = await first.ada.startTemplate(TEMPLATE, ordersSpec);
    invoicesTask = await second.ada.startTemplate(TEMPLATE, invoicesSpec);
    await untilTaskSays(first, ordersTask, RING);
    madeBefore = await uids(orders.namespace);
    await leaseRenewed(cluster, orders.namespace);
    await first.kill();
    refused = await provision(second, ordersSpec);
  });

  it('tells the second at once who was at it, and when it is free', () => {
    const { name, message, remedy } = failure(refused);
    expect(name).toBe('ConflictError');
    expect(message).toMatch(
      /^Database "orders" in namespace "orders" .* is being changed by "user:default\/ada" since 20\S+Z: one run at a time/,
    );
    expect(`${message} ${remedy}`).toMatch(
      /If it died, its Lease "orders\/ringfence" expires in \d+ s/,
    );
  });

  it("leaves the second's own task alone", async () => {
    const options = { timeoutMs: TASK_WITHIN_MS };
    await second.ada.followTask(invoicesTask, options);
    const path = `/scaffolder/v2/tasks/${invoicesTask}`;
    expect(await second.ada.get(path)).toMatchObject({ status: 'completed' });
  });

  it('goes on with the task by itself once it is started again, and finishes it', async () => {
    first = await startPortal('first');
    const events = await first.ada.followTask(ordersTask, {
      timeoutMs: TASK_WITHIN_MS,
    });
    expect(events.map(({ type }) => type)).toContain('recovered');
    const path = `/scaffolder/v2/tasks/${ordersTask}`;
    expect(await first.ada.get(path)).toMatchObject({ status: 'completed' });
    expect(await leaseHolder(cluster, orders.namespace)).toBeUndefined();
  });

  it('makes nothing a second time', async () => {
    const after = await uids(orders.namespace);
    expect(after).toEqual(expect.arrayContaining(madeBefore));
  });
});

describe('two portals on one Kubernetes cluster', () => {
  it('both list both databases, with the same words', async () => {
    const lists = await Promise.all(
      [first, second].map(({ ada }) => ada.get('/ringfence/databases')),
    );
    const names = lists[0].items.map(
      ({ spec, name }: any) => name ?? spec.name,
    );
    expect(names.sort()).toEqual(['invoices', 'orders']);
    expect(lists[1]).toEqual(lists[0]);
  });

  it.each([orders.namespace, invoicesSpec.namespace])(
    'agree on the report on "%s"',
    async namespace => {
      await untilGreen(first, namespace);
      await untilGreen(second, namespace);
      const reports = await Promise.all([
        report(first, namespace),
        report(second, namespace),
      ]);
      const [ofFirst, ofSecond] = reports.map(({ headline, findings }) => ({
        headline,
        findings: findings.map(({ check, status, reason }) => ({
          check,
          status,
          reason,
        })),
      }));
      expect(ofFirst).toEqual(ofSecond);
    },
  );

  it('let one change a database, and tell the other who does', async () => {
    const dnsName = 'orders.example.com';
    const spec = { ...ordersSpec, certificate: { dnsNames: [dnsName] } };
    const runs = await Promise.all([
      provision(first, spec),
      provision(second, spec),
    ]);
    const ends = runs.map(events => events.at(-1)!.type).sort();
    expect(ends).toEqual(['done', 'failed']);
    const loser = runs.find(events => events.at(-1)!.type === 'failed')!;
    expect(failure(loser)).toMatchObject({
      name: 'ConflictError',
      message: expect.stringMatching(
        /is being changed by "user:default\/ada" since 20\S+Z: one run at a time/,
      ),
    });
    await untilServedWith(dnsName, await readWay(cluster, orders));
  });

  it('take over what the other left, once its Lease has expired', async () => {
    const dnsName = 'invoices.example.com';
    const spec = { ...invoicesSpec, certificate: { dnsNames: [dnsName] } };
    let killed: Promise<void> | undefined;
    const atCertificate = inStage('Certificate of the gateway');
    const broken = provision(second, spec, event => {
      if (!killed && atCertificate(event)) killed = second.kill();
      return false;
    });
    await expect(broken).rejects.toThrow();
    await killed;
    await leaseMissed(cluster, invoicesSpec.namespace);
    const events = await provision(first, spec);
    expect(waitsOf(events)[0]).toMatch(
      /^Lease "invoices\/ringfence" is free: "user:default\/ada" has not renewed it for \d+ s; it expires after 15 s$/,
    );
    expect(endOf(events)).toBe('done');
    await untilServedWith(dnsName, await readWay(cluster, invoicesSpec));
    await untilGreen(first, invoicesSpec.namespace);
  });
});
