import type {
  Access,
  BlueprintSummary,
  Database,
  PlatformSummary,
} from '@ringfence/backstage-plugin-ringfence-common';

const FINGERPRINT = Array.from({ length: 32 }, (_, index) =>
  ((index * 37 + 11) % 256).toString(16).padStart(2, '0').toUpperCase(),
).join(':');

/** How to connect to `orders`. */
export const access: Access = {
  connection: {
    apiVersion: 'ringfence.dev/v1',
    kind: 'Connection',
    database: {
      name: 'orders',
      kubernetesCluster: 'sandbox',
      namespace: 'orders',
      blueprint: 'scylladb-ambient',
    },
    protocol: 'cql',
    tls: {
      serverName: 'orders.example.com',
      caFile: 'ca.crt',
      caSha256: [FINGERPRINT],
      minVersion: 'TLSv1.2',
    },
    endpoints: [
      { scope: 'external', host: '127.0.7.1', port: 9041 },
      { scope: 'external', host: '127.0.7.1', port: 9042 },
      {
        scope: 'in-cluster',
        host: 'orders-gateway-istio.orders.svc.cluster.local',
        port: 9041,
      },
    ],
    cql: { datacenter: 'datacenter1', nodeSubnets: ['127.0.8.0/24'] },
    role: 'orders_app',
  },
  ca: {
    pem: '-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n',
    certificates: [
      {
        subject: 'CN=orders CA',
        sha256: FINGERPRINT,
        notAfter: '2036-10-20T10:00:00Z',
      },
    ],
  },
  command: 'npx @ringfence/connect up orders-connection.zip',
  bundle: {
    fileName: 'orders-connection.zip',
    files: [
      {
        path: 'connection.json',
        description: 'What ringfence-connect reads',
        bytes: 912,
      },
      {
        path: 'ca.crt',
        description: 'The CA certificate to verify the gateway with',
        bytes: 648,
      },
      {
        path: 'README.md',
        description: 'Until when it is good, and how to connect',
        bytes: 1530,
      },
      {
        path: 'clients/python.py',
        description: 'Python, cassandra-driver',
        bytes: 1104,
      },
    ],
  },
  snippets: [
    {
      id: 'cqlsh',
      title: 'cqlsh',
      path: 'clients/cqlshrc',
      language: 'ini',
      note: 'cqlsh does not verify the name; go through ringfence-connect to have it verified.',
      text: '[connection]\nhostname = 127.0.7.1\nport = 9041\nssl = true\n\n[ssl]\ncertfile = ca.crt',
    },
    ...['Java', 'Python', 'Node', 'Go'].map(title => ({
      id: title.toLowerCase(),
      title,
      path: `clients/${title.toLowerCase()}`,
      language: title.toLowerCase(),
      text: `# ${title}\nconnect("127.0.7.1", 9041, ca="ca.crt", server_name="orders.example.com")`,
    })),
  ],
};

/** The database that it is of, for one of its owners. */
export const database: Database = {
  kubernetesCluster: 'sandbox',
  namespace: 'orders',
  name: 'orders',
  blueprint: 'scylladb-ambient',
  blueprintTitle: 'ScyllaDB in an ambient mesh',
  owner: 'group:default/payments',
  state: 'ready',
  spec: {},
  wayIn: { through: 'gateway', clientCertificates: 'off' },
  allowed: {
    downloadBundle: true,
    readCredentials: true,
    delete: true,
    operate: true,
    issueCredentials: true,
  },
};

const platform: PlatformSummary = {
  name: 'sandbox',
  usable: true,
  message: 'Kubernetes v1.36.3, Istio 1.31.1 in ambient mode',
  kubernetesVersion: 'v1.36.3',
  istioVersion: '1.31.1',
  storageClasses: [{ name: 'standard', default: true }],
  gatewayClasses: ['istio'],
  issuers: [],
  requirements: {
    'cassandra-sidecar': [
      {
        name: 'Istio',
        met: true,
        level: 'required',
        message: 'Istio 1.31.1 with sidecar injection',
      },
    ],
    'scylladb-ambient': [
      {
        name: 'cert-manager',
        met: true,
        level: 'required',
        message: 'cert-manager v1.21.1',
      },
    ],
  },
};

/** One Kubernetes cluster of each sort: good, simulated with a note, lacking something, unusable. */
export const platforms: PlatformSummary[] = [
  { ...platform, name: 'eu-1' },
  {
    ...platform,
    simulated: 'Kept in memory; certificates, TLS and the ring are real.',
    requirements: {
      ...platform.requirements,
      'scylladb-ambient': [
        {
          name: 'fs.aio-max-nr',
          met: false,
          level: 'note',
          message: 'cannot be seen from here; ScyllaDB needs it at 1048576',
        },
      ],
    },
  },
  {
    ...platform,
    name: 'us-2',
    message: 'Kubernetes v1.34.1, no mesh',
    requirements: {
      ...platform.requirements,
      'scylladb-ambient': [
        {
          name: 'Gateway API',
          met: false,
          level: 'required',
          message: 'gateways.gateway.networking.k8s.io is not served',
          remedy: {
            text: 'Install the Gateway API.',
            command:
              'kubectl apply --server-side -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.6.1/standard-install.yaml',
          },
        },
        {
          name: 'Ambient mesh',
          met: false,
          level: 'required',
          message: 'no ztunnel runs in "istio-system"',
          remedy: {
            text: 'Install Istio in ambient mode.',
            command: 'istioctl install --set profile=ambient',
          },
        },
      ],
    },
  },
  {
    ...platform,
    name: 'legacy',
    usable: false,
    message: 'its credentials are of type google, which cannot act for others',
    requirements: {},
  },
];

/** Both blueprints, each with when to choose it. */
export const blueprints: BlueprintSummary[] = [
  {
    kind: 'scylladb-ambient',
    title: 'ScyllaDB, ambient mesh',
    description: 'Choose it for new databases: no sidecar in any pod.',
    schema: {},
  },
  {
    kind: 'cassandra-sidecar',
    title: 'Cassandra, sidecar mesh',
    description: 'Choose it where Cassandra itself is needed.',
    schema: {},
  },
];
