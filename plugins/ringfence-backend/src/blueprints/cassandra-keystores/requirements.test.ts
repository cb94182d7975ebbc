import type { Platform } from '@ringfence/backstage-plugin-ringfence-node';
import { cassandraKeystores } from '.';
import { completePlatform, servedApis } from '../__fixtures__/platform';
import { exampleSpec } from './__fixtures__/spec';

const operated = {
  ...completePlatform,
  apis: [
    ...completePlatform.apis,
    ...servedApis(['cassandra.datastax.com/v1beta1 CassandraDatacenter']),
  ],
};

const unmet = (
  changes: Record<string, unknown> = {},
  platform: Platform = operated,
) =>
  cassandraKeystores
    .requirements(exampleSpec(changes), platform)
    .filter(({ met }) => !met);

describe('the requirements of a Cassandra ring with TLS of its own', () => {
  it('are all met with cass-operator and cert-manager, without any mesh', () => {
    expect(
      unmet({}, { ...operated, istio: undefined, gatewayClasses: [] }),
    ).toEqual([]);
  });

  it('refuse a Kubernetes cluster without cass-operator, with what to do', () => {
    expect(unmet({}, completePlatform)).toEqual([
      {
        name: 'cass-operator',
        level: 'required',
        met: false,
        message:
          'Kubernetes cluster "eu-1" does not serve CassandraDatacenter (cassandra.datastax.com/v1beta1)',
        remedy: {
          text: 'Install cass-operator, and let it watch all namespaces',
          command: expect.stringContaining('helm install cass-operator'),
        },
      },
    ]);
  });

  it.each<[string, Record<string, unknown>, string, string, string]>([
    [
      'an issuer that is not there',
      {
        tls: { client: { issuer: { kind: 'ClusterIssuer', name: 'absent' } } },
      },
      'required',
      'tls.client.issuer',
      'ClusterIssuer "absent" not found',
    ],
    [
      'a CA that is brought, of which nothing is known yet',
      {
        tls: {
          internode: { issuer: { kind: 'bring-your-own', secret: 'nodes-ca' } },
        },
      },
      'note',
      'tls.internode.issuer',
      'Secret "orders/nodes-ca" is looked at before anything but its namespace is made',
    ],
    [
      'plaintext of clients',
      { tls: { client: { enabled: false } } },
      'note',
      'tls.client.enabled',
      'Clients send passwords and data in plaintext',
    ],
    [
      'plaintext between nodes',
      { tls: { internode: { enabled: false } } },
      'note',
      'tls.internode.enabled',
      'Nodes send data to each other in plaintext',
    ],
    [
      'an issuer of nodes that signs for others, too',
      {
        tls: {
          internode: { issuer: { kind: 'ClusterIssuer', name: 'company-ca' } },
        },
      },
      'note',
      'tls.internode.issuer',
      'Whoever has a certificate of ClusterIssuer "company-ca" can pass for a node',
    ],
  ])('speak of %s', (_name, changes, level, field, message) => {
    expect(unmet(changes)).toEqual([
      expect.objectContaining({
        level,
        field,
        message: expect.stringContaining(message),
        remedy: expect.anything(),
      }),
    ]);
  });

  it.each([
    { kind: 'ClusterIssuer', name: 'company-ca' },
    { kind: 'Issuer', name: 'ours' },
    { kind: 'bring-your-own', secret: 'our-ca' },
  ])('refuse one CA for clients and nodes: %j', issuer => {
    const required = unmet({
      tls: { client: { issuer }, internode: { issuer } },
    }).filter(({ level }) => level === 'required');
    expect(required).toEqual([
      expect.objectContaining({
        field: 'tls.internode.issuer',
        message: expect.stringContaining(
          'whoever has a client certificate could pass for a node',
        ),
      }),
    ]);
  });

  it('ask for no cert-manager where nothing is encrypted', () => {
    const tls = { client: { enabled: false }, internode: { enabled: false } };
    const platform = {
      ...operated,
      apis: operated.apis.filter(({ group }) => group !== 'cert-manager.io'),
    };
    const required = (changes: Record<string, unknown>) =>
      unmet(changes, platform)
        .filter(({ level }) => level === 'required')
        .map(({ name }) => name);
    expect(required({ tls })).toEqual([]);
    expect(required({})).toEqual(['cert-manager']);
  });
});
