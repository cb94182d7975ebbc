import type { Sandbox } from '@ringfence/sandbox';
import { readAccess, readCredentials } from '../access';
import {
  SANDBOX_REF as REF,
  startSandboxDatabase,
  type SandboxDatabase,
} from './__testUtils__/sandboxDatabase';

jest.setTimeout(120_000);

describe('a database that was created in the sandbox', () => {
  let sandbox: Sandbox;
  let report: SandboxDatabase['report'];
  let databases: SandboxDatabase['databases'];

  beforeAll(async () => {
    ({ sandbox, databases, report } = await startSandboxDatabase(
      'scylladb-ambient',
    ));
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
    const { status, findings } = await report();
    expect(status).toBe('failing');
    expect(
      findings
        .filter(finding => finding.status === 'failing')
        .map(({ reason }) => reason),
    ).toContain('NamespaceNotInMesh');
  });
});
