import type { Platform } from '../platform';
import { isAtLeast, parseVersion, type Version } from './version';

/** Before these, or where either is not known, Istio injects no native sidecars unless told to. */
const NATIVE_SIDECARS_SINCE = {
  istio: [1, 27, 0],
  kubernetes: [1, 29, 0],
} as const;

/** What a database has to close its connections in, unless there is much to write. */
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

/** What the mesh reads on pods that it injects a sidecar into. */
export function sidecarAnnotations(platform: Platform): Record<string, string> {
  // A native sidecar is told to stop after the database has; any other one at
  // the same time, and would be gone after 5 s, in the middle of the drain.
  const untilDrained = hasNativeSidecars(platform)
    ? ''
    : `, "terminationDrainDuration": "${DRAIN_WITHIN}"`;
  return {
    // Without its sidecar a node would speak to the others in plaintext, and be
    // refused. A native sidecar starts first in any case.
    'proxy.istio.io/config': `{"holdApplicationUntilProxyStarts": true${untilDrained}}`,
    // A sidecar accepts on every port: a probe of a port must go to its agent,
    // which asks the container behind it. That is Istio's default, and may be off.
    'sidecar.istio.io/rewriteAppHTTPProbers': 'true',
  };
}
