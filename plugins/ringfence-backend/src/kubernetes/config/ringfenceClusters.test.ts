import { ConfigReader } from '@backstage/config';
import { readRingfenceClusters } from './ringfenceClusters';

const CA = Buffer.from('-----BEGIN CERTIFICATE-----\n').toString('base64');

const read = (kubernetesClusters: unknown) =>
  readRingfenceClusters(
    new ConfigReader({ ringfence: { kubernetesClusters } } as any),
  );

const url = {
  name: 'eu-1',
  url: 'https://eu-1.example.com:6443',
  tokenFile: '/var/run/token',
};

it('reads each way to an API server', () => {
  expect(
    read([
      { ...url, caData: CA },
      { name: 'here', inCluster: true },
      {
        name: 'dev',
        title: 'Development',
        kubeconfig: { file: '/etc/kubeconfig', context: 'dev' },
        defaults: {
          storageClasses: ['fast-xfs'],
          issuers: [{ kind: 'ClusterIssuer', name: 'company-ca' }],
          gatewayClasses: ['istio'],
          dnsSuffix: 'db.example.com',
        },
        scratchNamespace: 'ringfence-scratch',
      },
    ]),
  ).toEqual([
    {
      name: 'eu-1',
      apiServer: {
        from: 'url',
        url: url.url,
        caData: CA,
        caFile: undefined,
        credentials: { tokenFile: '/var/run/token' },
      },
      defaults: {},
    },
    { name: 'here', apiServer: { from: 'inCluster' }, defaults: {} },
    {
      name: 'dev',
      apiServer: {
        from: 'kubeconfig',
        file: '/etc/kubeconfig',
        context: 'dev',
      },
      defaults: {
        storageClasses: ['fast-xfs'],
        issuers: [{ kind: 'ClusterIssuer', name: 'company-ca' }],
        gatewayClasses: ['istio'],
        dnsSuffix: 'db.example.com',
        scratchNamespace: 'ringfence-scratch',
      },
    },
  ]);
});

it('reads none where there are none', () => {
  expect(readRingfenceClusters(new ConfigReader({}))).toEqual([]);
});

it.each<[string, unknown, string]>([
  [
    'a URL that is none',
    [url, { ...url, name: 'us-1', url: 'db' }],
    '[1].url: expected an https URL, got "db"',
  ],
  [
    'a URL without TLS',
    [{ ...url, url: 'http://eu-1.example.com' }],
    '[0].url: expected an https URL, got "http://eu-1.example.com"',
  ],
  [
    'verification switched off',
    [{ ...url, skipTLSVerify: true }],
    '[0].skipTLSVerify: TLS is always verified; give the CA with caFile or caData',
  ],
  [
    'verification switched off in a kubeconfig entry',
    [{ name: 'a', kubeconfig: { file: 'x', insecureSkipTlsVerify: true } }],
    '[0].kubeconfig.insecureSkipTlsVerify: TLS is always verified; give the CA with caFile or caData',
  ],
  [
    'a key that does not exist',
    [{ ...url, defaults: { storageClass: 'x' } }],
    '[0].defaults.storageClass: there is no such key',
  ],
  [
    'a token in the configuration itself',
    [{ ...url, token: 'secret' }],
    '[0].token: there is no such key',
  ],
  [
    'no way to the API server',
    [{ name: 'eu-1' }],
    '[0]: expected exactly one of kubeconfig, inCluster: true and url',
  ],
  [
    'two ways to the API server',
    [{ ...url, inCluster: true }],
    '[0]: expected exactly one of kubeconfig, inCluster: true and url',
  ],
  [
    'a URL without credentials',
    [{ name: 'eu-1', url: url.url }],
    '[0].tokenFile: expected the path of a file with the token of a service account',
  ],
  [
    'two CAs',
    [{ ...url, caFile: '/ca.crt', caData: CA }],
    '[0]: expected one of caFile and caData, not both',
  ],
  [
    'a CA that is not base64 of PEM',
    [{ ...url, caData: 'hello' }],
    '[0].caData: expected CA certificates in PEM, encoded in base64',
  ],
  [
    'a CA without a URL',
    [{ name: 'here', inCluster: true, caFile: '/ca.crt' }],
    '[0]: caFile, caData and tokenFile go with url only',
  ],
  ['the same name twice', [url, url], '[1].name: "eu-1" is there twice'],
  [
    'a name with a slash, which would break addresses',
    [{ ...url, name: 'eu/1' }],
    '[0].name: expected letters, digits, "-", "_" and ".", beginning with a letter or digit',
  ],
  [
    'a DNS suffix that is none',
    [{ ...url, defaults: { dnsSuffix: '*.example.com' } }],
    '[0].defaults.dnsSuffix: expected a DNS name such as "db.example.com", got "*.example.com"',
  ],
  ['something else than a list', { eu: url }, ': expected a list'],
  ['no name', [{ inCluster: true }], '[0].name: Required'],
])('refuses %s', (_what, value, message) => {
  expect(() => read(value)).toThrow(`ringfence.kubernetesClusters${message}`);
});
