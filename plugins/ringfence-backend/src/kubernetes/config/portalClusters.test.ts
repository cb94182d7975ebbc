import { inspect } from 'node:util';
import { ConfigReader } from '@backstage/config';
import { readPortalClusters } from './portalClusters';

const usable = {
  name: 'eu-1',
  url: 'https://eu-1.example.com',
  authProvider: 'serviceAccount',
  serviceAccountToken: 'portal-token',
};

const read = (clusters: unknown[], environment = {}) =>
  readPortalClusters(
    new ConfigReader({
      kubernetes: { clusterLocatorMethods: [{ type: 'config', clusters }] },
    } as any),
    environment,
  );

it('takes clusters with a service account, and shows no token', () => {
  const { usable: taken, unusable } = read([usable]);
  const [{ name, apiServer }] = taken;

  expect({ name, unusable }).toEqual({ name: 'eu-1', unusable: [] });
  expect(inspect(taken, { depth: 9 })).not.toContain('portal-token');
  expect(
    'credentials' in apiServer &&
      'token' in apiServer.credentials &&
      apiServer.credentials.token(),
  ).toBe('portal-token');
});

it('takes the account of the pod where no token is given', () => {
  const { serviceAccountToken, ...withoutToken } = usable;
  const environment = { KUBERNETES_SERVICE_HOST: '10.96.0.1' };
  const [{ apiServer }] = read([withoutToken], environment).usable;

  expect(apiServer).toMatchObject({
    credentials: {
      tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
    },
  });
});

it.each<[string, object, RegExp, RegExp]>([
  [
    'without verification',
    { skipTLSVerify: true },
    /sets skipTLSVerify/,
    /caData or caFile/,
  ],
  [
    'that acts for the signed-in user',
    { authProvider: 'oidc' },
    /authProvider is "oidc"/,
    /ringfence\.kubernetesClusters/,
  ],
  [
    'without TLS',
    { url: 'http://eu-1.example.com' },
    /not an https URL/,
    /https URL/,
  ],
  [
    'whose CA cannot be read',
    { caData: 'hello' },
    /caData is not PEM/,
    /certificate-authority-data/,
  ],
  [
    'without a token, outside of a pod',
    { serviceAccountToken: undefined },
    /has no serviceAccountToken/,
    /Set serviceAccountToken/,
  ],
])(
  'says why it cannot use one %s, and what to do',
  (_what, changes, why, remedy) => {
    expect(read([{ ...usable, ...changes }])).toEqual({
      usable: [],
      unusable: [
        {
          name: 'eu-1',
          why: expect.stringMatching(why),
          remedy: expect.stringMatching(remedy),
        },
      ],
    });
  },
);

it('says why it cannot use other ways of finding clusters', () => {
  const config = new ConfigReader({
    kubernetes: { clusterLocatorMethods: [{ type: 'gke', projectId: 'x' }] },
  });

  expect(readPortalClusters(config).unusable).toEqual([
    expect.objectContaining({
      name: 'kubernetes.clusterLocatorMethods[0]',
      why: expect.stringContaining('"gke"'),
    }),
  ]);
});

it('finds nothing where the portal has no such configuration', () => {
  expect(readPortalClusters(new ConfigReader({}))).toEqual({
    usable: [],
    unusable: [],
  });
});
