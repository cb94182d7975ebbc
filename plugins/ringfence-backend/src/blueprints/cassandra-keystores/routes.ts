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
  return {
    ...route,
    tls: {
      serverName: serverName(spec),
      caSecret: storeNames.certificate(spec, 'client'),
      furtherCaSecrets: furtherCaSecrets(spec),
      clientSecret: names.portalCertificate(spec),
    },
  };
}
