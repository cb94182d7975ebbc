import {
  OWNER_ANNOTATION,
  type DatabaseSpec,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Manifest } from '../kubernetes';
import { toManifest, type INamespace } from './manifest';
import { commonLabels } from './names';

/** How the mesh captures the pods of a namespace. */
export type MeshMembership =
  /** No mesh: the database encrypts by itself. */
  | { readonly mode: 'none' }
  | { readonly mode: 'ambient' }
  | {
      readonly mode: 'sidecar';
      /** Of istiod, where there are several; absent: the one that serves by default. */
      readonly revision?: string;
    };

function meshLabels(mesh: MeshMembership): Record<string, string> {
  if (mesh.mode === 'none') return {};
  if (mesh.mode === 'ambient') return { 'istio.io/dataplane-mode': 'ambient' };
  // One or the other: where both are set, the revision is left out of account.
  return mesh.revision
    ? { 'istio.io/rev': mesh.revision }
    : { 'istio-injection': 'enabled' };
}

/** A level of the Pod Security Standards. */
export type PodSecurityLevel = 'restricted' | 'baseline' | 'privileged';

export interface NamespaceOptions {
  /** What runs in it, as in the label `app.kubernetes.io/name`. */
  readonly application: string;
  readonly mesh: MeshMembership;
  readonly podSecurity: PodSecurityLevel;
}

/** The database's own namespace, captured by the mesh where there is one, with its owner on it. */
export function namespaceManifest(
  spec: DatabaseSpec,
  { application, mesh, podSecurity }: NamespaceOptions,
): Manifest {
  const namespace: INamespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: spec.namespace,
      labels: {
        ...commonLabels(spec, application),
        ...meshLabels(mesh),
        'pod-security.kubernetes.io/enforce': podSecurity,
        'pod-security.kubernetes.io/warn': podSecurity,
      },
      annotations: { [OWNER_ANNOTATION]: spec.owner },
    },
  };
  return toManifest(namespace);
}
