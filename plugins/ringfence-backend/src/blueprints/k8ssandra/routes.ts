import {
  names,
  storeNames,
  type Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { furtherCaSecrets, serverName } from './certificates';
import { firstDatacenter, operatorNames, PORTS } from './names';
import type { K8ssandraSpec } from './spec';

/** The first node: it is in the Kubernetes cluster of the K8ssandraCluster. */
export function firstPod(spec: K8ssandraSpec): string {
  return operatorNames.pod(spec, firstDatacenter(spec), 0);
}

/** The way to it through the API server: with TLS inside of it, and the portal's own certificate, where clients have to show one. */
export function nodeRoute(spec: K8ssandraSpec): Via {
  const route = { pod: firstPod(spec), port: PORTS.cql };
  if (!spec.tls.client.enabled) return route;
  const clientSecret = names.portalCertificate(spec);
  return { ...route, tls: { ...trust(spec), clientSecret } };
}

/** The same without a certificate of the client. */
export function strangerRoute(spec: K8ssandraSpec): Via {
  return { pod: firstPod(spec), port: PORTS.cql, tls: trust(spec) };
}

function trust(spec: K8ssandraSpec) {
  return {
    serverName: serverName(spec),
    caSecret: storeNames.certificate(spec, 'client'),
    furtherCaSecrets: furtherCaSecrets(spec),
  };
}
