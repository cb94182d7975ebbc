import { createBlueprintRegistry } from '..';
import { exampleSpec, required } from './__fixtures__/spec';
import { cassandraKeystoresSchema } from './spec';

const registry = createBlueprintRegistry();

/** What is said about a spec with these changes; undefined where it passes. */
function refusal(changes: Record<string, unknown>): string | undefined {
  try {
    registry.parse({ ...required, ...changes });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the spec of a Cassandra ring with TLS of its own', () => {
  it('completes itself with both sides encrypted, each with a CA of its own', () => {
    expect(exampleSpec()).toMatchObject({
      ...required,
      profile: 'dev',
      replicas: 3,
      version: '5.0.8',
      tls: {
        client: { enabled: true, issuer: { kind: 'self-signed' } },
        internode: { enabled: true, issuer: { kind: 'self-signed' } },
      },
      reaper: { enabled: false, schedules: { enabled: true, everyDays: 7 } },
      access: { clients: [] },
      operator: { namespace: 'cass-operator' },
    });
  });

  it.each([['dev'], ['production']])(
    'reads its own completion again, in profile %s',
    profile => {
      const spec = exampleSpec({ profile });
      expect(cassandraKeystoresSchema.parse(spec)).toEqual(spec);
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ['4.1', { version: '4.1.10' }],
    [
      'another issuer for each side',
      {
        tls: {
          client: { issuer: { kind: 'ClusterIssuer', name: 'company-ca' } },
          internode: { issuer: { kind: 'bring-your-own', secret: 'nodes-ca' } },
        },
      },
    ],
    ['one side in plaintext', { tls: { internode: { enabled: false } } }],
  ])('takes %s', (_name, changes) => {
    expect(refusal(changes)).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a line that reads no PEM files',
      { version: '4.0.17' },
      'spec.version: is not a known version of Cassandra',
    ],
    [
      'a CA of its own without the name of its Secret',
      { tls: { client: { issuer: { kind: 'bring-your-own' } } } },
      'spec.tls.client.issuer.secret: is required',
    ],
    [
      'a password in the spec',
      { tls: { client: { password: 'secret' } } },
      'spec.tls.client.password: no such field',
    ],
    [
      'a name that cass-operator would make too long Services of',
      { name: 'a'.repeat(20) },
      'spec.name: must be no longer than 19 characters',
    ],
    [
      'a certificate that is renewed before it is issued',
      { certificate: { duration: '24h', renewBefore: '48h' } },
      'spec.certificate.renewBefore: must be shorter than duration (24h)',
    ],
    [
      'a keyspace that is a statement',
      { reaper: { schedules: { excludedKeyspaces: ['a; DROP'] } } },
      'must be the name of a keyspace',
    ],
    [
      'which CAs there are, which the Namespace says',
      { authorities: { signing: 2, trusted: [1, 2] } },
      'spec.authorities: no such field',
    ],
  ])('refuses %s', (_name, changes, message) => {
    expect(refusal(changes)).toContain(message);
  });
});
