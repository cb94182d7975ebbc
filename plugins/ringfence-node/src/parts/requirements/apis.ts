import type {
  Remedy,
  Requirement,
} from '@ringfence/backstage-plugin-ringfence-common';
import { servedVersions, type Platform } from '../../platform';
import { chooseRoute, GATEWAY_API_INSTALL } from '../routing';
import { met, note, required, unmet } from './answers';

/** cert-manager serves Certificates and Issuers. */
export function requireCertManager(platform: Platform): Requirement {
  const missing = ['Certificate', 'Issuer'].filter(
    kind => !servedVersions(platform, 'cert-manager.io', kind).includes('v1'),
  );
  return required(
    'cert-manager',
    missing.length === 0
      ? met(`cert-manager ${platform.certManager?.version ?? ''}`.trim())
      : unmet(
          `Kubernetes cluster "${
            platform.kubernetesCluster
          }" does not serve ${missing.join(' and ')} (cert-manager.io/v1)`,
          'Install cert-manager',
          'kubectl apply -f https://github.com/cert-manager/cert-manager/releases/download/v1.21.1/cert-manager.yaml',
        ),
  );
}

/** An operator's kind is served. @param remedy - where it is not */
export function requireServed(
  name: string,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  platform: Platform,
  remedy: Remedy,
): Requirement {
  const [group, version] = apiVersion.split('/');
  return required(
    name,
    servedVersions(platform, group, kind).includes(version)
      ? met(`${kind} (${apiVersion}) is served`)
      : {
          met: false,
          message: `Kubernetes cluster "${platform.kubernetesCluster}" does not serve ${kind} (${apiVersion})`,
          remedy,
        },
  );
}

/** The Gateway API is there. */
export function requireGatewayApi(platform: Platform): Requirement {
  const served = servedVersions(
    platform,
    'gateway.networking.k8s.io',
    'Gateway',
  ).includes('v1');
  const bundle = platform.gatewayApi?.bundleVersion;
  return required(
    'Gateway API',
    served
      ? met(`Gateway API ${bundle ?? ''}`.trim())
      : unmet(
          `Kubernetes cluster "${platform.kubernetesCluster}" does not serve Gateway (gateway.networking.k8s.io/v1)`,
          'Install the Gateway API',
          GATEWAY_API_INSTALL,
        ),
  );
}

/** Routes of HTTP are served, which Istio has read for as long as it has the Gateway API. */
export function requireHttpRoute(platform: Platform): Requirement {
  const apiVersion = 'gateway.networking.k8s.io/v1';
  return requireServed(
    'HTTPRoute',
    { apiVersion, kind: 'HTTPRoute' },
    platform,
    { text: 'Install the Gateway API', command: GATEWAY_API_INSTALL },
  );
}

/** Some route works with these versions. */
export function requireRoute(
  platform: Platform,
  { plaintext }: { plaintext: boolean },
): Requirement[] {
  const choice = chooseRoute(platform, { plaintext });
  if (!choice.works) {
    const answer = { met: false, message: choice.why, remedy: choice.remedy };
    return [
      required('Route', answer, plaintext ? 'access.exposure' : undefined),
    ];
  }
  const version = choice.type.apiVersion.split('/')[1];
  const route = required('Route', met(`${choice.type.kind} ${version}`));
  if (!choice.note) return [route];
  return [
    route,
    note('Route kind', {
      met: false,
      message: choice.note,
      remedy: {
        text: 'For clients that send no server name, bring Istio to 1.31 and the Gateway API to 1.6 or later',
        command: GATEWAY_API_INSTALL,
      },
    }),
  ];
}
