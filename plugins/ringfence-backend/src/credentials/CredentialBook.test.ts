import type {
  KubernetesCluster,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { CredentialBook } from './CredentialBook';

const ISSUED = {
  name: 'reports',
  role: 'team_reports_v2',
  secret: 'orders-credential-reports',
  team: 'group:default/analytics',
  keyspaces: ['shop'],
  access: 'read' as const,
  issuedBy: 'user:default/ada',
  issuedAt: '2026-08-01T10:00:00.000Z',
  previous: { role: 'team_reports_v1', until: '2026-08-02T10:00:00.000Z' },
};

function bookWith(data: Record<string, string>) {
  const configMap: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'ringfence-credentials', namespace: 'orders' },
    data,
  };
  const kubernetes = { get: async () => configMap };
  return new CredentialBook(
    kubernetes as unknown as KubernetesCluster,
    'orders',
  );
}

it('reads what was issued', async () => {
  const book = bookWith({ reports: JSON.stringify(ISSUED) });
  expect(await book.read()).toEqual([ISSUED]);
});

it.each<[string, object]>([
  ['a role of the database itself', { role: 'orders_app' }],
  ['a role of another credential', { role: 'team_others_v1' }],
  [
    'the superuser as the role before',
    { previous: { ...ISSUED.previous, role: 'orders_superuser' } },
  ],
  ['a keyspace of the database itself', { keyspaces: ['system_auth'] }],
  ['what is no keyspace', { keyspaces: ['shop TO x; --'] }],
  ['another Secret', { secret: 'orders-superuser' }],
  ['another name than its key', { name: 'others' }],
])('heeds no entry that names %s', async (_what, changed) => {
  const text = JSON.stringify({ ...ISSUED, ...changed });
  await expect(bookWith({ reports: text }).read()).rejects.toMatchObject({
    name: 'ConflictError',
    message: expect.stringContaining(
      'Entry "reports" of ConfigMap "orders/ringfence-credentials" is no credential that Ringfence issued',
    ),
  });
});

it('says of what cannot be read where it is', async () => {
  await expect(bookWith({ reports: '{' }).read()).rejects.toThrow(
    'Entry "reports" of ConfigMap "orders/ringfence-credentials"',
  );
});
