import { mockServices } from '@backstage/backend-test-utils';
import type { Report } from '@ringfence/backstage-plugin-ringfence-common';
import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import { readAccess, readCredentials } from '../access';
import { createBlueprintRegistry } from '../blueprints';
import { checksOf, runChecks, toReport } from '../checks';
import { createDatabases } from '../databases';
import { readDrift } from '../drift/readDrift';
import { Platforms } from '../platform';
import { Provisioner } from '../provisioning';
import { createDatabaseTools } from '../tools';
import { Observer } from './Observer';
import { ProbeBook } from './probes/ProbeBook';

const REF = { kubernetesCluster: 'sandbox', namespace: 'orders' };

jest.setTimeout(120_000);

describe('a database that was created in the sandbox', () => {
  let sandbox: Sandbox;
  let report: (options?: { refresh?: boolean }) => Promise<Report>;
  let databases: ReturnType<typeof createDatabases>;

  beforeAll(async () => {
    sandbox = await createSandbox({
      ring: () => ({ stub: 'for a test of observation' }),
    });
    const entry = { kubernetes: sandbox.kubernetes, defaults: {} };
    const clusters = {
      listUsable: () => [entry],
      listUnusable: () => [],
      get: () => entry,
    };
    const blueprints = createBlueprintRegistry();
    const logger = mockServices.logger.mock();
    const createTools = createDatabaseTools;
    databases = createDatabases({ clusters, blueprints, logger });
    const observer = new Observer({
      clusters,
      createTools,
      platforms: new Platforms({ clusters, blueprints }),
      history: { listBundles: async () => [] },
      readDrift,
      probes: new ProbeBook({ clock: () => new Date() }),
    });
    report = async options => {
      const database = await databases.get(REF);
      const facts = await observer.facts(database, {
        wait: true,
        ...options,
      });
      const findings = runChecks(checksOf(database), facts, new Date());
      return toReport(database, facts, findings);
    };
    const provisioner = new Provisioner({
      clusters,
      blueprints,
      createTools,
      logger,
    });
    const spec = {
      blueprint: 'scylladb-ambient',
      name: 'orders',
      owner: 'group:default/payments',
      ...REF,
    };
    const options = {
      signal: new AbortController().signal,
      actor: 'user:default/ada',
    };
    for await (const event of provisioner.provision(spec, options)) {
      if (event.type === 'failed') throw new Error(event.message);
    }
  });
  afterAll(() => sandbox?.stop());

  it('is fenced, by every check', async () => {
    const { findings, headline, nodes } = await report();
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(headline).toBe('Fenced');
    expect(nodes.map(({ summary }) => summary)).toEqual(
      Array(3).fill('UN: up, normal'),
    );
  });

  it('hands out an access whose addresses are those of the gateway', async () => {
    const database = await databases.get(REF);
    const { connection } = await readAccess(database, sandbox.kubernetes);
    expect(
      connection.endpoints.map(({ scope, port }) => `${scope} ${port}`),
    ).toEqual([
      'external 9041',
      'external 9042',
      'in-cluster 9041',
      'in-cluster 9042',
    ]);
    const { username } = await readCredentials(database, sandbox.kubernetes);
    expect(connection.role).toBe(username);
  });

  it('is not fenced any more once somebody takes it out of the mesh', async () => {
    const other = sandbox.as('kubectl', { force: true });
    await other.apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'orders',
        labels: { 'istio.io/dataplane-mode': 'none' },
      },
    });
    const { status, findings } = await report({ refresh: true });
    expect(status).toBe('failing');
    expect(
      findings
        .filter(finding => finding.status === 'failing')
        .map(({ reason }) => reason),
    ).toContain('NamespaceNotInMesh');
  });
});
