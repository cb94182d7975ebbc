import type { Stage } from '../../../blueprint';
import { namespaceManifest } from '../../namespace';
import type { GatedContext } from '../GatedDatabase';

/** The namespace, in the mesh and with a level of Pod Security that all its pods pass. */
export function namespaceStage({ spec, database }: GatedContext): Stage {
  const { application, mesh, podSecurity } = database;
  return {
    name: 'namespace',
    title: 'Namespace in the mesh',
    manifests: () => [
      namespaceManifest(spec, { application, mesh, podSecurity }),
    ],
    waits: [],
  };
}
