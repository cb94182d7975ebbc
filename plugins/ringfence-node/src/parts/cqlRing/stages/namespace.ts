import type { Stage } from '../../../blueprint';
import { namespaceManifest } from '../../namespace';
import type { CqlRingContext } from '../CqlRing';

/** The namespace, in the mesh and with a level of Pod Security that all its pods pass. */
export function namespaceStage({ spec, ring }: CqlRingContext): Stage {
  const { application, mesh, podSecurity } = ring;
  return {
    name: 'namespace',
    title: 'Namespace in the mesh',
    manifests: () => [
      namespaceManifest(spec, { application, mesh, podSecurity }),
    ],
    waits: [],
  };
}
