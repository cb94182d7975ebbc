import type { Config } from '@backstage/config';
import type { UnusableKubernetesCluster } from '../KubernetesClusters';
import { isEncodedPem } from './ringfenceClusters';
import type { ApiServerSettings, KubernetesClusterSettings } from './settings';

const KEY = 'kubernetes.clusterLocatorMethods';
const IN_CLUSTER_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

const OWN_ENTRY =
  'Name this Kubernetes cluster under ringfence.kubernetesClusters, with credentials of its own';

/** What Ringfence can take from the portal's own `kubernetes:` configuration. */
export interface PortalClusters {
  readonly usable: readonly KubernetesClusterSettings[];
  readonly unusable: readonly UnusableKubernetesCluster[];
}

type Reading = KubernetesClusterSettings | UnusableKubernetesCluster;

/**
 * Reads `kubernetes.clusterLocatorMethods`: those of type `config` whose
 * clusters are reached with a service account. Others are told, with the
 * reason; nothing is thrown, since this configuration is somebody else's.
 *
 * @param environment - `KUBERNETES_SERVICE_HOST` tells that the portal runs in a pod
 */
export function readPortalClusters(
  config: Config,
  environment: NodeJS.ProcessEnv = process.env,
): PortalClusters {
  const methods = config.getOptionalConfigArray(KEY) ?? [];
  const readings = methods.flatMap((method, index) => {
    const type = method.getOptionalString('type') ?? 'unknown';
    if (type !== 'config') return [otherMethod(type, index)];
    const clusters = method.getOptionalConfigArray('clusters') ?? [];
    return clusters.map(cluster => readCluster(cluster, environment));
  });
  return {
    usable: readings.filter(isUsable),
    unusable: readings.filter(
      (reading): reading is UnusableKubernetesCluster => !isUsable(reading),
    ),
  };
}

function isUsable(reading: Reading): reading is KubernetesClusterSettings {
  return 'apiServer' in reading;
}

function otherMethod(type: string, index: number): UnusableKubernetesCluster {
  return {
    name: `${KEY}[${index}]`,
    why: `Kubernetes clusters found by the method "${type}" bring no credentials that Ringfence could use`,
    remedy: OWN_ENTRY,
  };
}

function readCluster(cluster: Config, environment: NodeJS.ProcessEnv): Reading {
  const name = cluster.getOptionalString('name') ?? 'unnamed';
  const why = whyUnusable(cluster);
  if (why) return { name, ...why };
  const credentials = readCredentials(cluster, environment);
  if (!credentials) {
    return {
      name,
      why: 'it has no serviceAccountToken, and the portal does not run in a pod whose account could be used',
      remedy: 'Set serviceAccountToken, or: '.concat(OWN_ENTRY),
    };
  }
  return {
    name,
    apiServer: {
      from: 'url',
      url: cluster.getString('url'),
      caData: cluster.getOptionalString('caData'),
      caFile: cluster.getOptionalString('caFile'),
      credentials,
    },
    defaults: {},
  };
}

function whyUnusable(
  cluster: Config,
): Omit<UnusableKubernetesCluster, 'name'> | undefined {
  const authProvider = cluster.getOptionalString('authProvider');
  const url = cluster.getOptionalString('url') ?? '';
  const caData = cluster.getOptionalString('caData');
  if (cluster.getOptionalBoolean('skipTLSVerify')) {
    return {
      why: 'it sets skipTLSVerify, and Ringfence always verifies whom it talks to',
      remedy: 'Remove skipTLSVerify and give the CA with caData or caFile',
    };
  }
  if (authProvider !== 'serviceAccount') {
    return {
      why: `its authProvider is "${authProvider}", which acts for a signed-in user or needs what other plugins keep; Ringfence needs a service account`,
      remedy: OWN_ENTRY,
    };
  }
  if (!url.startsWith('https://')) {
    return {
      why: 'its url is not an https URL',
      remedy: 'Give the https URL of the API server',
    };
  }
  if (caData && !isEncodedPem(caData)) {
    return {
      why: 'its caData is not PEM encoded in base64',
      remedy: 'Give certificate-authority-data as a kubeconfig has it',
    };
  }
  return undefined;
}

function readCredentials(
  cluster: Config,
  environment: NodeJS.ProcessEnv,
): Extract<ApiServerSettings, { from: 'url' }>['credentials'] | undefined {
  const token = cluster.getOptionalString('serviceAccountToken');
  if (token) return { token: () => token };
  return environment.KUBERNETES_SERVICE_HOST
    ? { tokenFile: IN_CLUSTER_TOKEN }
    : undefined;
}
