import {
  CQL_PORT,
  isAtLeast,
  parseVersion,
  STORAGE_PORT,
  STORAGE_TLS_PORT,
  type CqlRing,
  type Platform,
  type Version,
} from '@ringfence/backstage-plugin-ringfence-node';
import { cassandraPod, CONTAINER } from './pod';
import { settingsFiles } from './settings';
import type { CassandraSidecarSpec } from './spec';

/** JMX; it listens on the pod's loopback alone, where `nodetool` asks it. */
const JMX_PORT = 7199;

/** Before these, or where either is not known, Istio injects no native sidecars unless told to. */
const NATIVE_SIDECARS_SINCE = {
  istio: [1, 27, 0],
  kubernetes: [1, 29, 0],
} as const;

/** What `nodetool drain` has, unless there is much to flush. */
const DRAIN_WITHIN = '60s';

function hasNativeSidecars({ istio, kubernetesVersion }: Platform): boolean {
  const isSince = (found: string | undefined, least: Version) => {
    const version = parseVersion(found);
    return version !== undefined && isAtLeast(version, least);
  };
  return (
    isSince(istio?.version, NATIVE_SIDECARS_SINCE.istio) &&
    isSince(kubernetesVersion, NATIVE_SIDECARS_SINCE.kubernetes)
  );
}

/** What the mesh reads on the pods. */
function sidecarAnnotations(platform: Platform): Record<string, string> {
  // A native sidecar is told to stop after Cassandra has; any other one at the
  // same time, and would be gone after 5 s, in the middle of the drain.
  const untilDrained = hasNativeSidecars(platform)
    ? ''
    : `, "terminationDrainDuration": "${DRAIN_WITHIN}"`;
  return {
    // Without its sidecar a node would speak to the ring in plaintext, and be
    // refused. A native sidecar starts first in any case.
    'proxy.istio.io/config': `{"holdApplicationUntilProxyStarts": true${untilDrained}}`,
    // A sidecar accepts on every port: a probe of a port must go to its agent,
    // which asks the container behind it. That is Istio's default, and may be off.
    'sidecar.istio.io/rewriteAppHTTPProbers': 'true',
  };
}

/** What Cassandra with sidecars has of its own among rings. */
export function cassandraRing(spec: CassandraSidecarSpec): CqlRing {
  const ring = {
    application: 'cassandra',
    product: 'Cassandra',
    container: CONTAINER,
    mesh: { mode: 'sidecar', revision: spec.mesh.revision },
    // With istio-cni, which is required, no injected container asks for more.
    podSecurity: 'restricted',
    ports: {
      headless: [
        { name: 'tcp-client', port: CQL_PORT },
        { name: 'tcp-intra-node', port: STORAGE_PORT },
        { name: 'tcp-tls-intra-node', port: STORAGE_TLS_PORT },
        { name: 'tcp-jmx', port: JMX_PORT },
      ],
      ring: [STORAGE_PORT, STORAGE_TLS_PORT],
      probes: [CQL_PORT, STORAGE_PORT],
    },
    settings: settingsFiles,
    // Two that join at once may take the same ranges: Cassandra refuses it.
    joins: 'in-order',
    podAnnotations: sidecarAnnotations,
  } as const;
  return { ...ring, pod: platform => cassandraPod(spec, ring, platform) };
}
