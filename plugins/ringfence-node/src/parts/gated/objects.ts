import type { ObjectRef } from '../../kubernetes';
import { names, type Named } from '../names';

const CERT_MANAGER = 'cert-manager.io/v1';
const GATEWAY_API = 'gateway.networking.k8s.io/v1';

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
    caCertificate: ref(CERT_MANAGER, 'Certificate', names.ca(spec)),
    caIssuer: ref(CERT_MANAGER, 'Issuer', names.ca(spec)),
    certificate: ref(CERT_MANAGER, 'Certificate', names.certificate(spec)),
    gateway: ref(GATEWAY_API, 'Gateway', names.gateway(spec)),
    statefulSet: ref('apps/v1', 'StatefulSet', names.ring(spec)),
  };
}
