import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import { ambientMembership } from './membershipAmbient';
import { sidecarMembership } from './membershipSidecar';
import { NOT_LOOKED, NOT_LOOKED_MEANING } from './results';

/** Whether namespace and pods are in the mesh. */
export const meshMembership: Check = {
  id: 'mesh.membership',
  title: 'Namespace and pods are in the mesh',
  category: 'mesh',
  reasons: {
    Captured:
      'The namespace is labelled, and the traffic of every pod goes through ztunnel or through a sidecar of its own.',
    NamespaceNotInMesh:
      'The namespace does not carry the label of its mesh mode (istio.io/dataplane-mode=ambient, or istio-injection=enabled or istio.io/rev): new pods stay outside.',
    PodNotCaptured:
      'A pod has no redirection, so its traffic passes ztunnel by.',
    PodPending:
      'A pod is only partly captured; it takes no traffic through the mesh yet.',
    PodBeforeLabel:
      'A pod has no sidecar though new pods get one: it was made before the namespace was labelled, or while the injector did not answer. Restarting it mends that.',
    PodNotInjected:
      'A pod has no sidecar, and the one that replaces it will have none either.',
    InboundBypassed:
      'An annotation lets connections in past ztunnel or the sidecar: in plaintext, asked by no policy and counted by nobody.',
    NoPods: 'There is no pod to look at.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    switch (facts.observation.meshMode) {
      case 'ambient':
        return ambientMembership(facts);
      case 'sidecar':
        return sidecarMembership(facts);
      default:
        return [];
    }
  },
};
