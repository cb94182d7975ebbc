import type { Platform } from '../platform';
import { chooseNodeRoute, chooseRoute, versionCauses } from './routing';

interface Combination {
  istio?: string;
  bundle?: string;
  serves: string[];
  alpha?: boolean;
}

function platform({
  istio,
  bundle,
  serves,
  alpha = false,
}: Combination): Pick<Platform, 'apis' | 'gatewayApi' | 'istio'> {
  return {
    apis: serves.map(text => {
      const [kind, version] = text.split(' ');
      const group = 'gateway.networking.k8s.io';
      return { group, version, kind, plural: `${kind}s`, namespaced: true };
    }),
    gatewayApi: { bundleVersion: bundle },
    istio: {
      version: istio,
      rootNamespace: 'istio-system',
      trustDomain: 'cluster.local',
      alphaGatewayApi: alpha,
      cni: true,
    },
  };
}

const STANDARD_1_6 = ['TCPRoute v1', 'TLSRoute v1'];
const STANDARD_1_5 = ['TLSRoute v1'];
const EXPERIMENTAL_1_5 = ['TCPRoute v1alpha2', 'TLSRoute v1'];
const EXPERIMENTAL_1_4 = ['TCPRoute v1alpha2', 'TLSRoute v1alpha2'];

describe('chooseRoute', () => {
  it.each<[string, Combination, string | undefined]>([
    [
      'Istio 1.31, bundle 1.6',
      { istio: '1.31.1', bundle: 'v1.6.1', serves: STANDARD_1_6 },
      'TCPRoute v1',
    ],
    [
      'a release candidate of 1.31',
      { istio: '1.31.0-rc.0', bundle: 'v1.6.1', serves: STANDARD_1_6 },
      'TCPRoute v1',
    ],
    [
      'versions to come',
      { istio: '2.0.0', bundle: 'v2.1.0', serves: STANDARD_1_6 },
      'TCPRoute v1',
    ],
    [
      'an Istio of unknown version',
      { bundle: 'v1.6.1', serves: STANDARD_1_6 },
      'TCPRoute v1',
    ],
    [
      'Istio 1.31, older CRDs',
      { istio: '1.31.1', bundle: 'v1.5.0', serves: EXPERIMENTAL_1_5 },
      'TLSRoute v1',
    ],
    [
      'Istio 1.31, older CRDs, alpha gate on',
      {
        istio: '1.31.1',
        bundle: 'v1.5.0',
        serves: EXPERIMENTAL_1_5,
        alpha: true,
      },
      'TLSRoute v1',
    ],
    [
      'Istio 1.31, CRDs without TLSRoute v1',
      { istio: '1.31.1', bundle: 'v1.4.0', serves: EXPERIMENTAL_1_4 },
      undefined,
    ],
    [
      'Istio 1.30, bundle 1.6',
      { istio: '1.30.1', bundle: 'v1.6.1', serves: STANDARD_1_6 },
      'TLSRoute v1',
    ],
    [
      'Istio 1.30, bundle 1.6, alpha gate on',
      { istio: '1.30.1', bundle: 'v1.6.1', serves: STANDARD_1_6, alpha: true },
      'TLSRoute v1',
    ],
    [
      'Istio 1.30, alpha gate on, v1alpha2 served',
      {
        istio: '1.30.1',
        bundle: 'v1.5.0',
        serves: EXPERIMENTAL_1_5,
        alpha: true,
      },
      'TCPRoute v1alpha2',
    ],
    [
      'Istio 1.29, alpha gate on, v1alpha2 served',
      {
        istio: '1.29.4',
        bundle: 'v1.4.0',
        serves: EXPERIMENTAL_1_4,
        alpha: true,
      },
      'TCPRoute v1alpha2',
    ],
    [
      'Istio 1.29, alpha gate off',
      { istio: '1.29.4', bundle: 'v1.4.0', serves: EXPERIMENTAL_1_4 },
      undefined,
    ],
    [
      'Istio 1.29, bundle 1.6',
      { istio: '1.29.4', bundle: 'v1.6.1', serves: STANDARD_1_6, alpha: true },
      undefined,
    ],
    [
      'no routes at all',
      { istio: '1.31.1', bundle: 'v1.6.1', serves: [] },
      undefined,
    ],
  ])('gives, with %s, %p', (_name, combination, expected) => {
    const choice = chooseRoute(platform(combination));
    const type = choice.works
      ? `${choice.type.kind} ${choice.type.apiVersion.split('/')[1]}`
      : undefined;
    expect(type).toBe(expected);
  });

  it('says of a TLSRoute that clients must send the server name', () => {
    const choice = chooseRoute(
      platform({ istio: '1.30.1', bundle: 'v1.6.1', serves: STANDARD_1_6 }),
    );
    expect(choice).toMatchObject({
      works: true,
      note: expect.stringContaining('clients must send the server name (SNI)'),
    });
  });

  it('takes no TLSRoute for a plaintext listener', () => {
    const choice = chooseRoute(
      platform({ istio: '1.31.1', bundle: 'v1.5.0', serves: STANDARD_1_5 }),
      { plaintext: true },
    );
    expect(choice).toMatchObject({
      works: false,
      why: expect.stringContaining('no route attaches to a plaintext listener'),
      remedy: {
        command: expect.stringContaining('kubectl apply --server-side'),
      },
    });
  });

  it('names the alpha gate as the remedy for an old Istio', () => {
    const choice = chooseRoute(
      platform({ istio: '1.29.4', bundle: 'v1.4.0', serves: EXPERIMENTAL_1_4 }),
    );
    expect(choice).toMatchObject({
      works: false,
      why: expect.stringContaining(
        'Istio is 1.29.4, the Gateway API v1.4.0 serves TCPRoute v1alpha2',
      ),
      remedy: {
        command:
          'kubectl set env -n istio-system deployment/istiod PILOT_ENABLE_ALPHA_GATEWAY_API=true',
      },
    });
  });
});

describe('chooseNodeRoute', () => {
  it.each<[string, Combination, string | undefined]>([
    [
      'Istio 1.31, bundle 1.6',
      { istio: '1.31.1', bundle: 'v1.6.1', serves: STANDARD_1_6 },
      'TLSRoute',
    ],
    [
      'an Istio of unknown version',
      { bundle: 'v1.6.1', serves: STANDARD_1_6 },
      'TCPRoute',
    ],
    [
      'Istio 1.29, alpha gate on',
      {
        istio: '1.29.4',
        bundle: 'v1.4.0',
        serves: EXPERIMENTAL_1_4,
        alpha: true,
      },
      'TCPRoute',
    ],
    [
      'no routes at all',
      { istio: '1.31.1', bundle: 'v1.6.1', serves: [] },
      undefined,
    ],
  ])('gives, with %s, %p', (_name, combination, expected) => {
    const choice = chooseNodeRoute(platform(combination));
    expect(choice.works ? choice.type.kind : undefined).toBe(expected);
  });
});

describe('versionCauses', () => {
  it('names both versions and what each route needs', () => {
    const causes = versionCauses(
      platform({ istio: '1.30.1', bundle: 'v1.6.1', serves: STANDARD_1_6 }),
    );
    expect(causes).toContain('Istio is 1.30.1');
    expect(causes).toContain(
      'TCPRoute v1 needs Istio 1.31 and Gateway API 1.6',
    );
  });
});
