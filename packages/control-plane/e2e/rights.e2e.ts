import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type Cluster } from '../src';
import { ACCOUNT, createAccount, type Account } from '../src/account';
import {
  AccountHolder,
  describeForeignNamespace,
  describeOwnNamespace,
} from './support/accountHolder';
import { AuditLog, describeEvent, type AuditEvent } from './support/auditLog';
import { TestDatabase } from './support/databases';
import { describeSpec } from './support/storedSpec';
import { startTestPortal, type TestPortal } from './support/portal';
import {
  deletedResources,
  describeGrant,
  isUsedBy,
  neverAllowed,
  readGrants,
  resourceText,
  type Grant,
} from './support/rights';

jest.setTimeout(300_000);

let directory: string;
let audit: AuditLog;
let cluster: Cluster;
let account: Account;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ringfence-rights-'));
  audit = await AuditLog.create(join(directory, 'audit'), ACCOUNT);
  cluster = await startCluster({
    log: () => {},
    apiServerArgs: audit.apiServerArgs,
  });
  account = await createAccount(cluster);
});

afterAll(async () => {
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

const holder = () => new AccountHolder(cluster, account);

describeOwnNamespace(holder);
describeForeignNamespace(holder);
describeSpec(holder);

/**
 * Granted for platforms other than this one: which kind the route has, depends
 * on the versions of Istio and of the Gateway API.
 */
const isForOtherPlatforms = ({ resource }: Grant) => resource === 'tlsroutes';

/**
 * Granted for rings that operators make, and for clusters of Ignite: the parts of
 * those blueprints run with these same rights.
 */
const OF_OTHER_BLUEPRINTS = [
  'cassandradatacenters',
  'deployments',
  'httproutes',
  'k8ssandraclusters',
  'medusabackupschedules',
  'pods/log',
  'replicatedsecrets',
];

/** Granted for those, and for what is left of a CA that another one replaced. */
const isForOtherWork = ({ resource, verb }: Grant) =>
  OF_OTHER_BLUEPRINTS.includes(resource) ||
  (resource === 'issuers' && verb === 'delete');

/** What may hold secrets is granted in our own namespaces alone. */
const ASKED_AT_ONCE = [
  'configmaps',
  'cassandradatacenters',
  'k8ssandraclusters',
];

/** Asked for all at once where that is allowed, else namespace by namespace. */
const isShortCut = ({ verb, objectRef }: AuditEvent) =>
  verb === 'list' &&
  ASKED_AT_ONCE.includes(objectRef?.resource ?? '') &&
  objectRef?.namespace === undefined;

/** What is applied or deleted is watched until it is so, unless it is so at once. */
const isForWaiting = (grant: Grant, events: readonly AuditEvent[]) =>
  grant.verb === 'watch' &&
  events.some(
    ({ verb, objectRef }) =>
      ['patch', 'delete'].includes(verb) &&
      resourceText(objectRef!) === resourceText(grant),
  );

describe("the portal's account, while the portal works,", () => {
  let portal: TestPortal;
  let events: AuditEvent[];

  /** Everything that the portal does with a Kubernetes cluster. */
  async function workThrough(): Promise<void> {
    const orders = new TestDatabase(portal.ada, {
      name: 'orders',
      namespace: 'orders',
      owner: 'group:default/payments',
      replicas: 1,
      monitoring: { namespace: 'monitoring' },
    });
    await portal.ada.get('/ringfence/platforms');
    await portal.ada.post('/ringfence/plan', orders.asked());
    await orders.provision();
    for (const path of ['report?refresh=true', 'access', 'ca', 'bundle']) {
      await orders.get(path);
    }
    await orders.reveal();
    await orders.renew('orders-tls');
    await orders.repair();
    await orders.provision({ access: { exposure: 'none' } });
    await orders.provision();
    await orders.decommission({ deleteVolumes: false });
    await expect(orders.provision({ datacenter: 'other' })).rejects.toThrow(
      'cannot become',
    );
    await orders.provision();
    await orders.decommission({ deleteVolumes: true });
  }

  beforeAll(async () => {
    const began = (await audit.events()).length;
    portal = await startTestPortal({
      kubeconfig: account.kubeconfig,
      directory,
    });
    await workThrough();
    events = (await audit.events()).slice(began);
  });
  afterAll(() => portal?.stop());

  it('is never refused what it needs', () => {
    const refused = neverAllowed(events).filter(event => !isShortCut(event));
    expect(refused.map(describeEvent)).toEqual([]);
  });

  it('uses every right that it has', () => {
    const unused = readGrants()
      .filter(grant => !isForOtherPlatforms(grant))
      .filter(grant => !isForOtherWork(grant))
      .filter(grant => !isForWaiting(grant, events))
      .filter(grant => !events.some(event => isUsedBy(grant, event)));
    expect(unused.map(describeGrant)).toEqual([]);
  });

  it('may watch what it deletes until it is gone', () => {
    const watchable = readGrants()
      .filter(({ verb }) => verb === 'watch')
      .map(resourceText);
    const deleted = deletedResources(events);
    expect(deleted).toContain('statefulsets.apps');
    // A Certificate's Secret is deleted without a wait: Secrets are never watched.
    expect(deleted.filter(it => !watchable.includes(it))).toEqual(['secrets']);
  });

  it('never asks for a Secret outside of a namespace that it made', () => {
    const foreign = events
      .filter(({ objectRef }) => objectRef?.resource === 'secrets')
      .filter(({ objectRef }) => objectRef?.namespace !== 'orders');
    expect(foreign.map(describeEvent)).toEqual([]);
  });
});
