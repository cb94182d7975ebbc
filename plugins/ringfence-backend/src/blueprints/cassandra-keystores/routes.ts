import {
  names,
  storeNames,
  type Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { furtherCaSecrets, serverName } from './certificates';
import { operatorNames, PORTS } from './names';
import type { CassandraKeystoresSpec } from './spec';

/** The way to a node through the API server: with TLS inside of it, and the portal's own certificate, where clients have to show one. */
export function nodeRoute(spec: CassandraKeystoresSpec, ordinal: number): Via {
  const route = { pod: operatorNames.pod(spec, ordinal), port: PORTS.cql };
  if (!spec.tls.client.enabled) return route;
  const clientSecret = names.portalCertificate(spec);
  return { ...route, tls: { ...trust(spec), clientSecret } };
}

/** The same without a certificate of the client. */
export function strangerRoute(spec: CassandraKeystoresSpec): Via {
  const pod = operatorNames.pod(spec, 0);
  return { pod, port: PORTS.cql, tls: trust(spec) };
}

function trust(spec: CassandraKeystoresSpec) {
  return {
    serverName: serverName(spec),
    caSecret: storeNames.certificate(spec, 'client'),
    furtherCaSecrets: furtherCaSecrets(spec),
  };
}
