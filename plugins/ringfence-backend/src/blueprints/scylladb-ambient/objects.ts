import {
  names,
  type ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { ScylladbAmbientSpec } from './spec';

const CERT_MANAGER = 'cert-manager.io/v1';
const GATEWAY_API = 'gateway.networking.k8s.io/v1';

/** The objects that stages wait for. */
export function objectRefs(spec: ScylladbAmbientSpec) {
  const { namespace } = spec;
  return {
    selfSignedIssuer: {
      apiVersion: CERT_MANAGER,
      kind: 'Issuer',
      namespace,
      name: names.selfSignedIssuer(spec),
    },
    caCertificate: {
      apiVersion: CERT_MANAGER,
      kind: 'Certificate',
      namespace,
      name: names.ca(spec),
    },
    caIssuer: {
      apiVersion: CERT_MANAGER,
      kind: 'Issuer',
      namespace,
      name: names.ca(spec),
    },
    certificate: {
      apiVersion: CERT_MANAGER,
      kind: 'Certificate',
      namespace,
      name: names.certificate(spec),
    },
    gateway: {
      apiVersion: GATEWAY_API,
      kind: 'Gateway',
      namespace,
      name: names.gateway(spec),
    },
    statefulSet: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      namespace,
      name: names.ring(spec),
    },
  } satisfies Record<string, ObjectRef>;
}
