import { createBlueprintRegistry } from '..';
import { exampleSpec, required } from './__fixtures__/spec';
import { scylladbAmbientSchema } from './spec';

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

describe('the spec of a ScyllaDB ring in an ambient mesh', () => {
  it('completes itself with defaults', () => {
    expect(exampleSpec()).toEqual({
      ...required,
      apiVersion: 'ringfence.dev/v1',
      profile: 'dev',
      replicas: 3,
      version: '2026.1.11',
      datacenter: 'datacenter1',
      rack: 'rack1',
      resources: { cores: 1, memory: '768Mi' },
      storage: { size: '10Gi' },
      certificate: {
        dnsNames: [],
        ipAddresses: [],
        internalNames: true,
        duration: '2160h',
        renewBefore: '720h',
        keyAlgorithm: 'ECDSA',
        issuer: { kind: 'self-signed' },
      },
      access: {
        exposure: 'tls',
        acceptPlaintext: false,
        nativePort: true,
        routing: 'shared',
        clients: [],
        gatewayClass: 'istio',
        clientCertificates: 'off',
        keyExchange: 'default',
      },
      strictMtls: true,
      monitoring: {},
    });
  });

  it.each([['dev'], ['production']])(
    'reads its own completion again, in profile %s',
    profile => {
      const spec = exampleSpec({ profile });
      expect(scylladbAmbientSchema.parse(spec)).toEqual(spec);
    },
  );

  it('gives production its own resources', () => {
    expect(exampleSpec({ profile: 'production' }).resources).toEqual({
      cores: 4,
      memory: '16Gi',
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'nodes by name without a host name',
      { access: { routing: 'per-node' } },
      'spec.access.hostname: must be set where routing is per-node',
    ],
    [
      'nodes by name without a gateway',
      { access: { exposure: 'none', routing: 'per-node' } },
      'spec.access.routing: must be shared where exposure is none',
    ],
    [
      'a host name that leaves no room for the names of nodes',
      {
        access: {
          routing: 'per-node',
          hostname: `${`${'a'.repeat(49)}.`.repeat(4)}${'a'.repeat(49)}`,
        },
      },
      'spec.access.hostname: must be shorter where routing is per-node',
    ],
    [
      'upper case in the name',
      { name: 'Orders' },
      'spec.name: must be a DNS label',
    ],
    [
      'a name that ends with "-"',
      { name: 'orders-' },
      'spec.name: must be a DNS label',
    ],
    ['an empty name', { name: '' }, 'spec.name: must be a DNS label'],
    [
      'a name of 41 characters',
      { name: 'a'.repeat(41) },
      'spec.name: must be no longer than 40',
    ],
    [
      'a namespace with "_"',
      { namespace: 'my_orders' },
      'spec.namespace: must be a DNS label',
    ],
    [
      'an owner that is no entity ref',
      { owner: 'payments' },
      'spec.owner: must be a complete entity ref',
    ],
    [
      'a SAN that is a URL',
      { certificate: { dnsNames: ['https://x.com'] } },
      'spec.certificate.dnsNames[0]: must be a host name',
    ],
    [
      'a SAN with a wildcard',
      { certificate: { dnsNames: ['a.com', '*.a.com'] } },
      'spec.certificate.dnsNames[1]: must be a host name',
    ],
    [
      'an IP address for a host name',
      { certificate: { dnsNames: ['10.0.0.1'] } },
      'spec.certificate.dnsNames[0]: must be a host name, not an IP address',
    ],
    [
      'a SAN that is no IP address',
      { certificate: { ipAddresses: ['10.0.0.256'] } },
      'spec.certificate.ipAddresses[0]: must be an IP address',
    ],
    [
      'an IP address with a zone',
      { certificate: { ipAddresses: ['fe80::1%eth0'] } },
      'spec.certificate.ipAddresses[0]: must be an IP address',
    ],
    [
      'renewBefore as long as duration',
      { certificate: { duration: '24h', renewBefore: '24h' } },
      'spec.certificate.renewBefore: must be shorter than duration (24h)',
    ],
    [
      'renewBefore longer than duration',
      { certificate: { duration: '700h' } },
      'spec.certificate.renewBefore: must be shorter than duration (700h)',
    ],
    [
      'renewBefore below five minutes',
      { certificate: { renewBefore: '299s' } },
      'spec.certificate.renewBefore: must be at least 5m, not 299s',
    ],
    [
      'a duration below an hour',
      { certificate: { duration: '59m', renewBefore: '10m' } },
      'spec.certificate.duration: must be at least 1h, not 59m',
    ],
    [
      'a duration in days',
      { certificate: { duration: '90d' } },
      'spec.certificate.duration: must be a duration in hours',
    ],
    [
      'an unknown key algorithm',
      { certificate: { keyAlgorithm: 'DSA' } },
      'spec.certificate.keyAlgorithm: ',
    ],
    [
      'an issuer without a name',
      { certificate: { issuer: { kind: 'ClusterIssuer' } } },
      'spec.certificate.issuer.name: is required',
    ],
    [
      'a certificate without any name',
      { certificate: { internalNames: false } },
      'spec.certificate.dnsNames: must hold a name',
    ],
    ['no replicas', { replicas: 0 }, 'spec.replicas: must be at least 1'],
    [
      'half a replica',
      { replicas: 2.5 },
      'spec.replicas: must be a whole number',
    ],
    ['replicas as a text', { replicas: '3' }, 'spec.replicas: expected number'],
    [
      'an unknown version',
      { version: '6.2.0' },
      'spec.version: is not a known version of ScyllaDB; known are 2026.2.x',
    ],
    [
      'a version without a patch',
      { version: '2026.1' },
      'spec.version: is not a known version',
    ],
    [
      'a floating tag',
      { version: 'latest' },
      'spec.version: is not a known version',
    ],
    ['an unknown profile', { profile: 'staging' }, 'spec.profile: '],
    [
      'resources in the dev profile',
      { resources: { cores: 2 } },
      'spec.resources: must be left out in the dev profile',
    ],
    [
      'too little memory for the cores',
      { profile: 'production', resources: { cores: 8, memory: '4Gi' } },
      'spec.resources.memory: must be at least 1Gi for each of 8 cores',
    ],
    [
      'a size without a unit',
      { storage: { size: '10' } },
      'spec.storage.size: must be a whole number with the unit',
    ],
    [
      'a volume that is too small',
      { storage: { size: '100Mi' } },
      'spec.storage.size: must be at least 1Gi',
    ],
    [
      'an unknown exposure',
      { access: { exposure: 'udp' } },
      'spec.access.exposure: ',
    ],
    [
      'accepted plaintext where there is none',
      { access: { acceptPlaintext: true } },
      'spec.access.acceptPlaintext: can be true only where exposure is tcp',
    ],
    [
      'certificates required beside plaintext',
      { access: { exposure: 'tcp', clientCertificates: 'required' } },
      'spec.access.clientCertificates: can be required only where exposure is tls: plaintext carries no certificate',
    ],
    [
      'certificates of clients without a gateway',
      { access: { exposure: 'none', clientCertificates: 'optional' } },
      'spec.access.clientCertificates: must be off where exposure is none',
    ],
    [
      'a required key exchange beside plaintext',
      { access: { exposure: 'tcp', keyExchange: 'hybrid-required' } },
      'spec.access.keyExchange: can be hybrid-required only where exposure is tls: plaintext has no key exchange',
    ],
    [
      'a gateway whose Service has too long a name',
      { name: 'a'.repeat(40), access: { gatewayClass: 'b'.repeat(15) } },
      'spec.name: must be shorter',
    ],
    [
      'a client without a service account',
      { access: { clients: [{ namespace: 'shop' }] } },
      'spec.access.clients[0].serviceAccount: is required',
    ],
    ['an unknown field', { color: 'red' }, 'spec.color: no such field'],
    [
      'an unknown field further in',
      { access: { port: 1 } },
      'spec.access.port: no such field',
    ],
    ['another API version', { apiVersion: 'v2' }, 'spec.apiVersion: '],
  ])('refuses %s', (_name, changes, message) => {
    expect(refusal(changes)).toContain(message);
  });

  const EVIL = [
    'x; rm -rf /',
    '$(id)',
    '`id`',
    "x' OR '1'='1",
    'x"\ny: z',
    'x\nreplicas: 9',
    '{{x}}',
    '${{ secrets.x }}',
    '../x',
    '&x *y',
    'x #y',
    'x\u0000',
  ];
  const TEXT_FIELDS: [string, (text: string) => Record<string, unknown>][] = [
    ['apiVersion', text => ({ apiVersion: text })],
    ['name', text => ({ name: text })],
    ['kubernetesCluster', text => ({ kubernetesCluster: text })],
    ['namespace', text => ({ namespace: text })],
    ['owner', text => ({ owner: `group:default/${text}` })],
    ['profile', text => ({ profile: text })],
    ['version', text => ({ version: text })],
    ['version', text => ({ version: `2026.1.${text}` })],
    ['datacenter', text => ({ datacenter: text })],
    ['rack', text => ({ rack: text })],
    [
      'resources.memory',
      text => ({ profile: 'production', resources: { memory: text } }),
    ],
    ['storage.className', text => ({ storage: { className: text } })],
    ['storage.size', text => ({ storage: { size: text } })],
    [
      'certificate.dnsNames[0]',
      text => ({ certificate: { dnsNames: [text] } }),
    ],
    [
      'certificate.ipAddresses[0]',
      text => ({ certificate: { ipAddresses: [text] } }),
    ],
    ['certificate.duration', text => ({ certificate: { duration: text } })],
    [
      'certificate.renewBefore',
      text => ({ certificate: { renewBefore: text } }),
    ],
    [
      'certificate.keyAlgorithm',
      text => ({ certificate: { keyAlgorithm: text } }),
    ],
    [
      'certificate.issuer.name',
      text => ({ certificate: { issuer: { kind: 'Issuer', name: text } } }),
    ],
    ['access.exposure', text => ({ access: { exposure: text } })],
    ['access.hostname', text => ({ access: { hostname: text } })],
    ['access.gatewayClass', text => ({ access: { gatewayClass: text } })],
    [
      'access.clients[0].namespace',
      text => ({
        access: { clients: [{ namespace: text, serviceAccount: 'web' }] },
      }),
    ],
    [
      'access.clients[0].serviceAccount',
      text => ({
        access: { clients: [{ namespace: 'shop', serviceAccount: text }] },
      }),
    ],
    ['monitoring.namespace', text => ({ monitoring: { namespace: text } })],
  ];

  it.each(TEXT_FIELDS)(
    'refuses the metacharacters of shells, YAML and CQL in %s',
    (field, change) => {
      for (const text of EVIL) {
        expect([text, refusal(change(text))]).toEqual([
          text,
          expect.stringContaining(`spec.${field}: `),
        ]);
      }
    },
  );
});
