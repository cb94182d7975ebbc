import {
  names,
  type Named,
  type ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';

const CERT_MANAGER = 'cert-manager.io/v1';

/** The objects that stages wait for. */
export function objectRefs(spec: Named) {
  const ref = (apiVersion: string, kind: string, name: string): ObjectRef => ({
    apiVersion,
    kind,
    namespace: spec.namespace,
    name,
  });
  return {
    selfSignedIssuer: ref(CERT_MANAGER, 'Issuer', names.selfSignedIssuer(spec)),
    certificate: ref(CERT_MANAGER, 'Certificate', names.certificate(spec)),
    gateway: ref(
      'gateway.networking.k8s.io/v1',
      'Gateway',
      names.gateway(spec),
    ),
    statefulSet: ref('apps/v1', 'StatefulSet', names.ring(spec)),
  };
}
