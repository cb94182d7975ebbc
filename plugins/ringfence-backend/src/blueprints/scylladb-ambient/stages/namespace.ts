import {
  namespaceManifest,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION } from '../application';
import type { StageContext } from '../context';

/**
 * The namespace. Its pods pass Pod Security `restricted`: the ring's run as an
 * ordinary user, and the gateway's get the seccomp profile that Istio leaves out.
 */
export function namespaceStage({ spec }: StageContext): Stage {
  return {
    name: 'namespace',
    title: 'Namespace in the mesh',
    manifests: () => [
      namespaceManifest(spec, {
        application: APPLICATION,
        mesh: 'ambient',
        podSecurity: 'restricted',
      }),
    ],
    waits: [],
  };
}
