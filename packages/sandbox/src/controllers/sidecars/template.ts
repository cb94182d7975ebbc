import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { parse } from 'yaml';

/** Ports of a sidecar. */
export const SIDECAR_PORTS = { stats: 15020, status: 15021 } as const;

/** The user and group that a sidecar runs as: its own traffic is not captured. */
const PROXY_USER = 1337;

const RESOURCES = {
  limits: { cpu: '2', memory: '1Gi' },
  requests: { cpu: '100m', memory: '128Mi' },
};

const SECURITY_CONTEXT = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsGroup: PROXY_USER,
  runAsNonRoot: true,
  runAsUser: PROXY_USER,
};

const fromField = (name: string, fieldPath: string) => ({
  name,
  valueFrom: { fieldRef: { fieldPath } },
});

const fromLimit = (name: string, resource: string) => ({
  name,
  valueFrom: { resourceFieldRef: { resource, divisor: '0' } },
});

const image = (version: string) => `docker.io/istio/proxyv2:${version}`;

/** Checks that istio-cni has set the rules up, and ends. Needs no rights, unlike `istio-init`. */
export function validationContainer(version: string) {
  return {
    name: 'istio-validation',
    image: image(version),
    args: [
      'istio-iptables',
      ...['-p', '15001', '-z', '15006', '-u', String(PROXY_USER)],
      ...['-m', 'REDIRECT', '-i', '*', '-x', '', '-b', '*'],
      ...['-d', '15090,15021,15020'],
      '--log_output_level=default:info',
      '--run-validation',
      '--skip-rule-apply',
    ],
    resources: RESOURCES,
    securityContext: SECURITY_CONTEXT,
  };
}

const probe = (failureThreshold: number, periodSeconds: number) => ({
  httpGet: { path: '/healthz/ready', port: SIDECAR_PORTS.status },
  failureThreshold,
  periodSeconds,
  timeoutSeconds: 3,
});

const MOUNTS: ReadonlyArray<readonly [name: string, path: string]> = [
  ['workload-socket', '/var/run/secrets/workload-spiffe-uds'],
  ['credential-socket', '/var/run/secrets/credential-uds'],
  ['workload-certs', '/var/run/secrets/workload-spiffe-credentials'],
  ['istiod-ca-cert', '/var/run/secrets/istio'],
  ['istio-ca-crl', '/var/run/secrets/istio/crl'],
  ['istio-data', '/var/lib/istio/data'],
  ['istio-envoy', '/etc/istio/proxy'],
  ['istio-token', '/var/run/secrets/tokens'],
  ['istio-podinfo', '/etc/istio/pod'],
];

const VOLUME_MOUNTS = MOUNTS.map(([name, mountPath]) => ({ name, mountPath }));

/** The proxy as a native sidecar: an init container that goes on. */
export function proxyContainer(
  pod: KubernetesObject,
  { workload, version }: { workload: Workload; version: string },
) {
  return {
    name: 'istio-proxy',
    image: image(version),
    restartPolicy: 'Always',
    args: [
      ...['proxy', 'sidecar'],
      ...['--domain', '$(POD_NAMESPACE).svc.cluster.local'],
      '--proxyLogLevel=warning',
      '--proxyComponentLogLevel=misc:error',
      '--log_output_level=default:info',
    ],
    env: environment(pod, workload),
    ports: [{ name: 'http-envoy-prom', containerPort: 15090, protocol: 'TCP' }],
    lifecycle: {
      preStop: {
        exec: {
          command: [
            ...['pilot-agent', 'request', '--debug-port=15020'],
            ...['POST', 'drain'],
          ],
        },
      },
    },
    readinessProbe: probe(4, 15),
    startupProbe: probe(600, 1),
    resources: RESOURCES,
    securityContext: SECURITY_CONTEXT,
    volumeMounts: VOLUME_MOUNTS,
  };
}

/** What made a pod. */
export interface Workload {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

function environment(pod: KubernetesObject, workload: Workload) {
  const { namespace } = pod.metadata;
  const { apiVersion, kind, name } = workload;
  const containers: any[] = pod.spec.containers;
  const ports = containers.flatMap(({ ports: own = [] }) => own);
  return [
    { name: 'PILOT_CERT_PROVIDER', value: 'istiod' },
    { name: 'CA_ADDR', value: 'istiod.istio-system.svc:15012' },
    fromField('POD_NAME', 'metadata.name'),
    fromField('POD_NAMESPACE', 'metadata.namespace'),
    fromField('INSTANCE_IP', 'status.podIP'),
    fromField('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
    fromField('HOST_IP', 'status.hostIP'),
    fromLimit('ISTIO_CPU_LIMIT', 'limits.cpu'),
    { name: 'PROXY_CONFIG', value: `${proxyConfig(pod)}\n` },
    { name: 'ISTIO_META_POD_PORTS', value: JSON.stringify(ports) },
    {
      name: 'ISTIO_META_APP_CONTAINERS',
      value: containers.map(it => it.name).join(','),
    },
    fromLimit('GOMEMLIMIT', 'limits.memory'),
    fromLimit('GOMAXPROCS', 'limits.cpu'),
    { name: 'ISTIO_META_CLUSTER_ID', value: 'Kubernetes' },
    fromField('ISTIO_META_NODE_NAME', 'spec.nodeName'),
    { name: 'ISTIO_META_INTERCEPTION_MODE', value: 'REDIRECT' },
    { name: 'ISTIO_META_WORKLOAD_NAME', value: name },
    {
      name: 'ISTIO_META_OWNER',
      value: `kubernetes://apis/${apiVersion}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`,
    },
    { name: 'ISTIO_META_MESH_ID', value: 'cluster.local' },
    { name: 'TRUST_DOMAIN', value: 'cluster.local' },
  ];
}

/** What the pod's own annotation asks of its proxy. */
function proxyConfig({ metadata }: KubernetesObject): string {
  const asked = metadata.annotations?.['proxy.istio.io/config'];
  return JSON.stringify(parse(asked ?? '{}'));
}

/** Of each namespace, by istiod: what sidecars trust. */
export const ROOT_CERTIFICATE_NAME = 'istio-ca-root-cert';

/** The volumes that the proxy mounts. */
export const VOLUMES = [
  { name: 'workload-socket', emptyDir: {} },
  { name: 'credential-socket', emptyDir: {} },
  { name: 'workload-certs', emptyDir: {} },
  { name: 'istio-envoy', emptyDir: { medium: 'Memory' } },
  { name: 'istio-data', emptyDir: {} },
  {
    name: 'istio-podinfo',
    downwardAPI: {
      items: ['labels', 'annotations'].map(path => ({
        path,
        fieldRef: { fieldPath: `metadata.${path}` },
      })),
    },
  },
  {
    name: 'istio-token',
    projected: {
      sources: [
        {
          serviceAccountToken: {
            path: 'istio-token',
            expirationSeconds: 43_200,
            audience: 'istio-ca',
          },
        },
      ],
    },
  },
  { name: 'istiod-ca-cert', configMap: { name: ROOT_CERTIFICATE_NAME } },
  { name: 'istio-ca-crl', configMap: { name: 'istio-ca-crl', optional: true } },
];
