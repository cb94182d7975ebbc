import type { OpenFlow, TelemetrySettings } from './Telemetry';
import type {
  MeshCertificate,
  MeshCertificatePem,
  MeshPod,
  MeshState,
} from './types';

/** Prints what the mesh knows and the open connections, as ztunnel 1.31 does. */
export function renderConfigDump(
  mesh: MeshState,
  open: readonly OpenFlow[],
  settings: TelemetrySettings,
): string {
  const dump = {
    certificates: mesh.certificates.map(toCertificate),
    config: { clusterId: settings.clusterId, clusterDomain: 'cluster.local' },
    policies: mesh.policies.map(policy => ({ ...policy })),
    services: [],
    stagedServices: {},
    version: { version: settings.version, istioVersion: settings.version },
    workloads: mesh.pods.map(pod => toWorkload(pod, settings)),
    workloadState: Object.fromEntries(
      mesh.pods
        .filter(pod => pod.protocol === 'HBONE')
        .map(pod => [uidOf(pod, settings), toState(pod, open, settings)]),
    ),
  };
  return `${JSON.stringify(dump, undefined, 2)}\n`;
}

function uidOf(pod: MeshPod, { clusterId }: TelemetrySettings): string {
  return `${clusterId}//Pod/${pod.namespace}/${pod.name}`;
}

function toWorkload(pod: MeshPod, settings: TelemetrySettings) {
  return {
    ...(pod.authorizationPolicies?.length
      ? { authorizationPolicies: pod.authorizationPolicies }
      : {}),
    canonicalName: pod.workload,
    canonicalRevision: 'latest',
    capacity: 1,
    clusterId: settings.clusterId,
    name: pod.name,
    namespace: pod.namespace,
    networkMode: 'Standard',
    node: pod.node,
    protocol: pod.protocol,
    serviceAccount: pod.serviceAccount ?? 'default',
    status: 'Healthy',
    trustDomain: settings.trustDomain,
    uid: uidOf(pod, settings),
    workloadIps: [pod.address],
    workloadName: pod.workload,
    workloadType: 'pod',
  };
}

function toState(
  pod: MeshPod,
  open: readonly OpenFlow[],
  settings: TelemetrySettings,
) {
  const at = (side: 'source' | 'destination') =>
    open
      .filter(({ ends }) => hostOf(ends[side]) === pod.address)
      .map(toConnection);
  return {
    state: 'Up',
    connections: { inbound: at('destination'), outbound: at('source') },
    info: {
      name: pod.name,
      namespace: pod.namespace,
      serviceAccount: pod.serviceAccount ?? 'default',
      trustDomain: settings.trustDomain,
    },
  };
}

function toConnection({ flow, ends }: OpenFlow) {
  return {
    src: ends.source,
    originalDst: ends.destination,
    actualDst: ends.destination,
    protocol: flow.securityPolicy === 'mutual_tls' ? 'HBONE' : 'TCP',
  };
}

function hostOf(end: string): string {
  return end.slice(0, end.lastIndexOf(':'));
}

function toCertificate(certificate: MeshCertificate) {
  return {
    identity: certificate.identity,
    state: 'Available',
    certChain: certificate.chain.map(toPem),
    rootCerts: certificate.roots.map(toPem),
  };
}

function toPem(certificate: MeshCertificatePem) {
  return {
    pem: Buffer.from(certificate.pem).toString('base64'),
    serialNumber: certificate.serialNumber,
    validFrom: toSeconds(certificate.validFrom),
    expirationTime: toSeconds(certificate.expirationTime),
  };
}

/** RFC 3339 without fractions, as ztunnel has it. */
function toSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
