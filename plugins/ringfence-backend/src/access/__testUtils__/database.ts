import type {
  AccessRecipe,
  Blueprint,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { StoredDatabase } from '../../databases/Databases';
import { secretObject } from '../../observing/__testUtils__/cluster';

const gateway = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  name: 'orders-gateway',
  namespace: 'orders',
};

const recipe: AccessRecipe = {
  protocol: 'cql',
  exposure: 'tls',
  gateway,
  tlsPorts: [9041, 9042],
  plaintextPorts: [],
  serverName: 'orders.example.com',
  inClusterHost: 'orders-gateway-istio.orders.svc.cluster.local',
  caSecret: 'orders-tls',
  certificate: 'orders',
  applicationRoleSecret: 'orders-app',
  datacenter: 'datacenter1',
};

/** A database whose access recipe has these changes. */
export function storedDatabase(
  changes: Partial<AccessRecipe> = {},
): StoredDatabase {
  const blueprint = {
    access: () => ({ ...recipe, ...changes }),
    observation: () => ({ podLabels: { app: 'orders' } }),
  } as unknown as Blueprint<any>;
  return {
    ref: { kubernetesCluster: 'eu-1', namespace: 'orders' },
    blueprint,
    state: 'ready',
    spec: {
      apiVersion: 'ringfence.dev/v1',
      blueprint: 'scylladb-ambient',
      name: 'orders',
      kubernetesCluster: 'eu-1',
      namespace: 'orders',
      owner: 'group:default/payments',
    },
  };
}

/** What is another with Ignite: spread it into {@link storedDatabase}. */
export const IGNITE: Partial<AccessRecipe> = {
  protocol: 'ignite',
  tlsPorts: [10800],
  restPorts: [8443],
  datacenter: undefined,
};

/** What Kubernetes holds of it: Gateway, Secrets and pods. */
export function databaseObjects(caPem: string): KubernetesObject[] {
  return [
    gatewayObject('203.0.113.11'),
    secretObject('orders-tls', {
      'tls.crt': 'PUBLIC CERTIFICATE',
      'ca.crt': caPem,
      'tls.key': 'PRIVATE KEY',
    }),
    secretObject('orders-app', {
      username: 'orders_app',
      password: 'app-password',
    }),
    secretObject('orders-superuser', {
      username: 'admin',
      password: 'root-password',
    }),
    ...['10.244.0.10', '10.244.3.11', '10.245.0.12'].map(podObject),
  ];
}

/** The Gateway, with an address where one is given. */
export function gatewayObject(address?: string): KubernetesObject {
  return {
    apiVersion: gateway.apiVersion,
    kind: gateway.kind,
    metadata: { name: gateway.name, namespace: gateway.namespace },
    status: {
      addresses: address ? [{ type: 'IPAddress', value: address }] : [],
    },
  };
}

function podObject(podIP: string, ordinal: number): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `orders-${ordinal}`,
      namespace: 'orders',
      labels: { app: 'orders' },
    },
    status: { podIP },
  };
}
