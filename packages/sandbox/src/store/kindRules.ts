import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';

/**
 * What is wrong with an object of one kind, in the API server's words.
 *
 * @param live - the object as it is so far, where there is one
 */
type KindRule = (
  object: KubernetesObject,
  live?: KubernetesObject,
) => readonly (string | false | undefined)[];

const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/;
const CIDR = /^[0-9a-fA-F:.]+\/\d{1,3}$/;
const MAX_PORT = 65_535;
/** What a StatefulSet's spec may change. @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations */
const STATEFUL_SET_MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

const required = (value: unknown, path: string) =>
  (value === undefined || value === null) && `${path}: Required value`;

const oneOf = (value: string | undefined, path: string, allowed: string[]) =>
  value !== undefined &&
  !allowed.includes(value) &&
  `${path}: Unsupported value: "${value}": supported values: ${allowed
    .map(name => `"${name}"`)
    .join(', ')}`;

const portInRange = (port: number, path: string) =>
  (port < 1 || port > MAX_PORT) &&
  `${path}: Invalid value: ${port}: must be between 1 and ${MAX_PORT}, inclusive`;

const configKeys = (data: object = {}) =>
  Object.keys(data).map(
    key =>
      !CONFIG_KEY.test(key) &&
      `data[${key}]: Invalid value: "${key}": a valid config key must consist of alphanumeric characters, '-', '_' or '.'`,
  );

/** The first item whose key an earlier one has. */
function repeated<T>(items: readonly T[], key: (item: T) => string) {
  const keys = items.map(key);
  return keys.find((value, index) => keys.indexOf(value) < index);
}

const secret: KindRule = ({ type, data = {} }, live) => [
  ...configKeys(data),
  live &&
    type !== live.type &&
    `type: Invalid value: "${type}": field is immutable`,
  ...(type === 'kubernetes.io/tls'
    ? ['tls.crt', 'tls.key'].map(key => required(data[key], `data[${key}]`))
    : []),
];

const service: KindRule = ({ spec = {} }) => {
  const ports: any[] = spec.ports ?? [];
  const needsPorts = spec.type !== 'ExternalName' && spec.clusterIP !== 'None';
  const name = repeated(
    ports.filter(port => port.name),
    port => port.name,
  );
  return [
    needsPorts && ports.length === 0 && 'spec.ports: Required value',
    ...ports.flatMap((port, index) => [
      portInRange(port.port, `spec.ports[${index}].port`),
      ports.length > 1 &&
        required(port.name || undefined, `spec.ports[${index}].name`),
    ]),
    name && `spec.ports: Duplicate value: "${name}"`,
  ];
};

const statefulSet: KindRule = ({ spec = {} }, live) => {
  const { selector, template = {}, volumeClaimTemplates = [] } = spec;
  const labels = template.metadata?.labels ?? {};
  const containers: any[] = template.spec?.containers ?? [];
  const volumes = [
    ...(template.spec?.volumes ?? []).map(({ name }: any) => name),
    ...volumeClaimTemplates.map(({ metadata }: any) => metadata.name),
  ];
  const mounts = containers.flatMap(it => it.volumeMounts ?? []);
  return [
    required(selector, 'spec.selector'),
    Object.entries(selector?.matchLabels ?? {}).some(
      ([key, value]) => labels[key] !== value,
    ) &&
      'spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`',
    containers.length === 0 && 'spec.template.spec.containers: Required value',
    ...mounts.map(
      ({ name }) =>
        !volumes.includes(name) &&
        `spec.template.spec.containers.volumeMounts.name: Not found: "${name}"`,
    ),
    live &&
      fixedPart(spec) !== fixedPart(live.spec ?? {}) &&
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  ];
};

function fixedPart(spec: Record<string, unknown>): string {
  const fields = Object.keys(spec)
    .filter(field => !STATEFUL_SET_MUTABLE.includes(field))
    .sort();
  return JSON.stringify(fields.map(field => [field, spec[field]]));
}

const gateway: KindRule = ({ spec = {} }) => {
  const listeners: any[] = spec.listeners ?? [];
  const isPlain = ({ protocol }: any) =>
    ['HTTP', 'TCP', 'UDP'].includes(protocol);
  return [
    required(spec.gatewayClassName, 'spec.gatewayClassName'),
    required(spec.listeners, 'spec.listeners'),
    ...listeners.map(({ port }, index) =>
      portInRange(port, `spec.listeners[${index}].port`),
    ),
    listeners.some(it => it.tls && isPlain(it)) &&
      "spec.listeners: Invalid value: tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']",
    repeated(listeners, it => `${it.port} ${it.protocol} ${it.hostname}`) &&
      'spec.listeners: Invalid value: Combination of port, protocol and hostname must be unique for each listener',
  ];
};

const route: KindRule = ({ spec = {} }) => [
  required(spec.rules, 'spec.rules'),
  ...(spec.rules ?? [])
    .flatMap((rule: any) => rule.backendRefs ?? [])
    .map(
      ({ kind = 'Service', port }: any) =>
        kind === 'Service' &&
        port === undefined &&
        'spec.rules.backendRefs: Invalid value: Must have port for Service reference',
    ),
];

const certificate: KindRule = ({ spec = {} }) => [
  required(spec.secretName, 'spec.secretName'),
  required(spec.issuerRef, 'spec.issuerRef'),
  oneOf(spec.privateKey?.algorithm, 'spec.privateKey.algorithm', [
    'RSA',
    'ECDSA',
    'Ed25519',
  ]),
];

const networkPolicy: KindRule = ({ spec = {} }) => {
  const peers = [
    ...(spec.ingress ?? []).flatMap((rule: any) => rule.from ?? []),
    ...(spec.egress ?? []).flatMap((rule: any) => rule.to ?? []),
  ];
  return [
    ...(spec.policyTypes ?? []).map((type: string) =>
      oneOf(type, 'spec.policyTypes', ['Ingress', 'Egress']),
    ),
    ...peers.map(
      ({ ipBlock }) =>
        ipBlock &&
        !CIDR.test(ipBlock.cidr) &&
        `ipBlock.cidr: Invalid value: "${ipBlock.cidr}": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
    ),
  ];
};

/** The rules that a manifest of ours could break; the API server has many more, and schemas. */
const RULES: Readonly<Record<string, KindRule>> = {
  ConfigMap: ({ data }) => configKeys(data),
  Secret: secret,
  Service: service,
  StatefulSet: statefulSet,
  Gateway: gateway,
  TCPRoute: route,
  TLSRoute: route,
  Certificate: certificate,
  NetworkPolicy: networkPolicy,
  PodDisruptionBudget: ({ spec = {} }) => [
    spec.minAvailable !== undefined &&
      spec.maxUnavailable !== undefined &&
      'spec: Invalid value: minAvailable and maxUnavailable cannot be both set',
  ],
  RoleBinding: ({ roleRef }, live) => [
    live &&
      JSON.stringify(roleRef) !== JSON.stringify(live.roleRef) &&
      'roleRef: Invalid value: cannot change roleRef',
  ],
  PeerAuthentication: ({ spec = {} }) => [
    oneOf(spec.mtls?.mode, 'spec.mtls.mode', [
      'UNSET',
      'DISABLE',
      'PERMISSIVE',
      'STRICT',
    ]),
  ],
  AuthorizationPolicy: ({ spec = {} }) => [
    oneOf(spec.action, 'spec.action', ['ALLOW', 'DENY', 'AUDIT', 'CUSTOM']),
  ],
  Lease: ({ spec = {} }) => [
    spec.leaseDurationSeconds !== undefined &&
      spec.leaseDurationSeconds <= 0 &&
      `spec.leaseDurationSeconds: Invalid value: ${spec.leaseDurationSeconds}: must be greater than 0`,
  ],
};

/** Everything that is wrong with an object by the rules of its kind. */
export function brokenRules(
  object: KubernetesObject,
  live?: KubernetesObject,
): string[] {
  const found = RULES[object.kind]?.(object, live) ?? [];
  return found.filter((text): text is string => Boolean(text));
}
