import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { InputError, NotFoundError } from '@backstage/errors';
import {
  AuthorizeResult,
  type ConditionalPolicyDecision,
  type DefinitivePolicyDecision,
  type Permission,
} from '@backstage/plugin-permission-common';
import type {
  Access,
  ConnectionTestStep,
  DatabaseRef,
  Diagnosis,
  IssuedClientCertificate,
  IssuedCredential,
  ManifestDrift,
  ProvisioningEvent,
  Report,
  TrafficPoint,
} from '@ringfence/backstage-plugin-ringfence-common';
import {
  Secret,
  type Blueprint,
  type Facts,
} from '@ringfence/backstage-plugin-ringfence-node';
import { z } from 'zod/v3';
import type { BlueprintRegistry } from '../../blueprints';
import type { StoredDatabase } from '../../databases/Databases';
import type { KnownReport } from '../../observing';
import { createRouter } from '../createRouter';
import { RunningChanges } from '../RunningChanges';
import type { RouterServices } from '../services';

/** Whom `mockCredentials.user()` signs in. */
export const MOCK_USER = 'user:default/mock';
export const AT = '2026-01-02T03:04:05.000Z';
export const PASSWORD = 'correct-horse-battery-staple';

const blueprint = {
  kind: 'scylladb-ambient',
  title: 'ScyllaDB in ambient mesh',
  description: 'A ring behind a TLS gateway',
  operations: () => [{ name: 'rotate-ca', title: 'Rotate the CA' }],
  access: () => ({ exposure: 'tls' }),
  schema: z
    .object({
      blueprint: z.literal('scylladb-ambient'),
      name: z.string(),
      kubernetesCluster: z.string(),
      namespace: z.string(),
      owner: z.string(),
      replicas: z.number().int().min(1, 'must be at least 1').default(3),
      version: z.string().optional(),
    })
    .strict(),
  observation: ({ replicas }: { replicas: number }) => ({ replicas }),
} as unknown as Blueprint<any>;

const registry: BlueprintRegistry = {
  list: () => [blueprint],
  get: () => blueprint,
  parse(spec) {
    const result = blueprint.schema.safeParse(spec);
    if (result.success) return { blueprint, spec: result.data };
    const [{ path, message }] = result.error.issues;
    throw new InputError(`spec.${path.join('.')}: ${message}`);
  },
};

/** A spec that the blueprint of these tests takes. */
export function specOf(overrides: Record<string, unknown> = {}) {
  return {
    blueprint: 'scylladb-ambient',
    name: 'orders',
    kubernetesCluster: 'eu-1',
    namespace: 'orders',
    owner: MOCK_USER,
    ...overrides,
  };
}

export function storedDatabase(
  overrides: Record<string, unknown> = {},
): StoredDatabase {
  const { spec } = registry.parse(specOf(overrides));
  const { kubernetesCluster, namespace } = spec;
  return {
    ref: { kubernetesCluster, namespace },
    blueprint,
    spec,
    state: 'ready',
  };
}

export const REPORT: Report = {
  kubernetesCluster: 'eu-1',
  namespace: 'orders',
  name: 'orders',
  blueprint: 'scylladb-ambient',
  status: 'warning',
  headline: 'Certificate "orders/orders-tls" expires in 3 days',
  findings: [
    {
      check: 'certificate.served',
      title: 'Served certificate',
      category: 'certificate',
      status: 'warning',
      reason: 'ExpiresSoon',
      summary: 'Certificate "orders/orders-tls" expires in 3 days',
      evidence: { notAfter: AT, days: 3, verified: true, names: ['orders'] },
      remedy: { text: 'Renew it', command: 'cmctl renew orders-tls -n orders' },
      observedAt: AT,
    },
  ],
  certificates: [{ name: 'orders-tls', purpose: 'service', notAfter: AT }],
  nodes: [{ name: 'orders-0', status: 'ok', summary: 'UN' }],
  observedAt: AT,
};

export const ACCESS: Access = {
  connection: {
    apiVersion: 'ringfence.dev/v1',
    kind: 'Connection',
    database: {
      name: 'orders',
      kubernetesCluster: 'eu-1',
      namespace: 'orders',
      blueprint: 'scylladb-ambient',
    },
    protocol: 'cql',
    tls: {
      serverName: 'orders.example.com',
      caFile: 'ca.crt',
      caSha256: [Array(32).fill('AB').join(':')],
      minVersion: 'TLSv1.2',
    },
    endpoints: [{ scope: 'external', host: '192.0.2.1', port: 9041 }],
  },
  ca: {
    pem: '-----BEGIN CERTIFICATE-----\n',
    certificates: [{ subject: 'CN=orders', sha256: 'AB', notAfter: AT }],
  },
  command: 'ringfence-connect up orders.zip',
  bundle: {
    fileName: 'orders.zip',
    files: [{ path: 'ca.crt', description: 'The CA', bytes: 28 }],
  },
  snippets: [],
};

export const DONE: ProvisioningEvent = {
  type: 'done',
  at: AT,
  outcome: {
    database: 'eu-1/orders',
    entityRef: 'resource:default/eu-1.orders',
    changed: true,
    gatewayAddresses: ['192.0.2.1'],
    gatewayPorts: [9041, 9042],
    summary: 'Database "orders" is ready',
  },
};

export const DRIFT: ManifestDrift = {
  object: 'StatefulSet orders/orders',
  yaml: 'kind: StatefulSet\n',
  drift: [
    {
      field: 'spec.replicas',
      wanted: '3',
      found: '5',
      manager: 'kubectl-edit',
    },
  ],
};

export const STEPS: ConnectionTestStep[] = [
  { step: 'login', state: 'ok', summary: 'accepted as orders_app' },
  { step: 'ring', state: 'ok', summary: '3 nodes, one schema' },
];

export const DIAGNOSIS: Diagnosis = {
  ways: [
    {
      way: 'mesh',
      to: 'orders-cql.orders.svc:9042',
      status: 'failing',
      answers: [
        {
          question: 'authorization',
          status: 'failing',
          summary: 'No rule names the client',
          remedy: { text: 'Add it to the spec and provision again.' },
          spec: 'access:\n  clients: []\n',
        },
      ],
    },
  ],
};

export const TRAFFIC: TrafficPoint = {
  at: AT,
  mutualTlsBytes: 1024,
  plaintextBytes: 0,
};

export const CREDENTIAL: IssuedCredential = {
  name: 'reports',
  role: 'team_reports_v1',
  secret: 'orders-credential-reports',
  team: 'group:default/analytics',
  keyspaces: ['shop'],
  access: 'read',
  issuedBy: MOCK_USER,
  issuedAt: AT,
};

export const CLIENT_CERTIFICATE: IssuedClientCertificate = {
  team: 'checkout',
  secret: 'orders-client-checkout',
  issuedBy: MOCK_USER,
  issuedAt: AT,
  notAfter: AT,
};

const newClientCertificate = () => ({
  certificate: CLIENT_CERTIFICATE,
  certificatePem: '-----BEGIN CERTIFICATE-----\n',
  keyPem: new Secret(PASSWORD),
  keystore: () => Buffer.from('PKCS #12'),
  notAfter: new Date(AT),
});

const newCredential = () => ({
  credential: CREDENTIAL,
  password: new Secret(PASSWORD),
});

const NOT_LOOKED = {
  known: false,
  why: 'Not looked at',
  at: new Date(AT),
} as const;

/** Of a database of which little could be found out. */
const FACTS = {
  observation: { meshMode: 'ambient', ringCommand: ['nodetool', 'status'] },
  certificates: [],
  ...Object.fromEntries(
    [
      'namespace',
      'statefulSet',
      'gateway',
      'pods',
      'services',
      'routes',
      'otherRoutes',
      'peerAuthentications',
      'meshPeerAuthentications',
      'authorizationPolicies',
      'meshAuthorizationPolicies',
      'ztunnelPods',
      'trafficRules',
      'envoyFilters',
      'networkPolicies',
      'endpointSlices',
      'volumeClaims',
      'certificateRequests',
      'referenceGrants',
      'warnings',
      'ring',
      'telemetry',
    ].map(name => [name, NOT_LOOKED]),
  ),
} as unknown as Facts;

async function* events(...list: ProvisioningEvent[]) {
  yield* list;
}

async function* steps(...list: ConnectionTestStep[]) {
  yield* list;
}

/** Services that know the given databases and do as they are told. */
export function fakeServices(databases: StoredDatabase[]) {
  const get = async (ref: DatabaseRef) => {
    const found = databases.find(
      ({ ref: { kubernetesCluster, namespace } }) =>
        kubernetesCluster === ref.kubernetesCluster &&
        namespace === ref.namespace,
    );
    if (found) return found;
    throw new NotFoundError(
      `Database "${ref.kubernetesCluster}/${ref.namespace}" not found`,
    );
  };
  const services = {
    platforms: { list: jest.fn(async () => []) },
    blueprints: registry,
    databases: { list: jest.fn(async () => databases), get: jest.fn(get) },
    provisioner: {
      provision: jest.fn(() => events(DONE)),
      plan: jest.fn(async () => ({ checkedBy: '', stages: [], notes: [] })),
      decommission: jest.fn(() => events(DONE)),
      renew: jest.fn(() => events(DONE)),
      repair: jest.fn(() => events(DONE)),
      rotateCa: jest.fn(() => events(DONE)),
    },
    reports: {
      read: jest.fn(async () => REPORT),
      facts: jest.fn(async () => FACTS),
      all: jest.fn((): readonly KnownReport[] => []),
    },
    drift: jest.fn(async () => [DRIFT]),
    traffic: jest.fn(async () => [TRAFFIC]),
    access: {
      read: jest.fn(async () => ACCESS),
      bundle: jest.fn(async (_access: Access, _certificate?: object) =>
        new TextEncoder().encode('PK zip'),
      ),
      credentials: jest.fn(async () => ({
        username: 'orders_app',
        password: new Secret(PASSWORD),
      })),
    },
    credentials: {
      list: jest.fn(async () => [CREDENTIAL]),
      issue: jest.fn(async () => newCredential()),
      rotate: jest.fn(async () => newCredential()),
      revoke: jest.fn(async () => {}),
    },
    clientCertificates: {
      list: jest.fn(async () => [CLIENT_CERTIFICATE]),
      issue: jest.fn(async () => newClientCertificate()),
      read: jest.fn(async () => newClientCertificate()),
      revoke: jest.fn(async () => {}),
    },
    externalUrl: async () => 'https://portal.example.com/api/ringfence',
    testConnection: jest.fn(async () => steps(...STEPS)),
    diagnose: jest.fn(async () => DIAGNOSIS),
    namespaceOwners: jest.fn(async (): Promise<string[][]> => []),
    history: { recordBundle: jest.fn(async () => {}) },
    announce: jest.fn(async () => {}),
  };
  return services satisfies RouterServices;
}

export interface StartRouterOptions {
  readonly databases?: StoredDatabase[];
  /** Permissions that the policy denies. */
  readonly denied?: Permission[];
  /** Decisions of conditions, by the name of the permission. */
  readonly conditions?: Readonly<Record<string, ConditionalPolicyDecision>>;
  readonly admins?: string[];
  readonly heartbeatMs?: number;
}

/** A backend that serves the router under /api/ringfence, on a socket of its own. */
export async function startRouter(options: StartRouterOptions = {}) {
  const services = fakeServices(options.databases ?? [storedDatabase()]);
  const auditor = mockServices.auditor.mock();
  const audit = { success: jest.fn(), fail: jest.fn() };
  auditor.createEvent.mockResolvedValue(audit);
  const denied = (options.denied ?? []).map(permission => permission.name);
  const decide = (name: string): DefinitivePolicyDecision => ({
    result: denied.includes(name)
      ? AuthorizeResult.DENY
      : AuthorizeResult.ALLOW,
  });
  const permissions = mockServices.permissions.mock({
    authorize: async requests =>
      requests.map(({ permission }) => decide(permission.name)),
    authorizeConditional: async requests =>
      requests.map(
        ({ permission }) =>
          options.conditions?.[permission.name] ?? decide(permission.name),
      ),
  });
  const running = new RunningChanges();
  const plugin = createBackendPlugin({
    pluginId: 'ringfence',
    register(env) {
      env.registerInit({
        deps: {
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
          userInfo: coreServices.userInfo,
        },
        async init({ httpAuth, httpRouter, userInfo }) {
          const router = await createRouter({
            httpAuth,
            userInfo,
            permissions,
            auditor,
            services,
            running,
            admins: options.admins ?? [],
            heartbeatMs: options.heartbeatMs,
            validateResponses: true,
          });
          httpRouter.use(router);
        },
      });
    },
  });
  const { server } = await startTestBackend({ features: [plugin] });
  return { server, services, running, audit, auditor };
}
