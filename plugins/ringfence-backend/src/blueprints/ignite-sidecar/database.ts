import type {
  GatedContext,
  GatedDatabase,
  Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION, PORTS } from './names';
import type { IgniteSidecarSpec } from './spec';

/** What a cluster of Ignite is fenced by. */
export function igniteDatabase(spec: IgniteSidecarSpec): GatedDatabase {
  return {
    application: APPLICATION,
    mesh: { mode: 'sidecar', revision: spec.mesh.revision },
    // With istio-cni, which is required, no injected container asks for more.
    podSecurity: 'restricted',
    ports: {
      clients: [PORTS.thinClient, PORTS.rest],
      ring: [PORTS.communication, PORTS.discovery],
      probes: [PORTS.thinClient, PORTS.discovery],
    },
  };
}

/** The one certificate is for the client application's name as well. */
function certified(spec: IgniteSidecarSpec): IgniteSidecarSpec {
  const { certificate, access } = spec;
  if (!access.application) return spec;
  const dnsNames = [...certificate.dnsNames, access.application.hostname];
  return { ...spec, certificate: { ...certificate, dnsNames } };
}

/** What the stages that all databases behind a gateway have are made from. */
export function igniteContext(
  spec: IgniteSidecarSpec,
  platform: Platform,
): GatedContext {
  return {
    spec: certified(spec),
    platform,
    database: igniteDatabase(spec),
  };
}
