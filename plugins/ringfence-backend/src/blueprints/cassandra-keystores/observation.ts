import {
  encryptedSides,
  isOwnAuthority,
  names,
  PUBLIC_LOGIN,
  storeNames,
  trustedAuthorities,
  type ObservationRecipe,
} from '@ringfence/backstage-plugin-ringfence-node';
import { reaperNames } from './certificates';
import { CONTAINER, nodeLabels, operatorNames, PORTS } from './names';
import type { CassandraKeystoresSpec } from './spec';

type ObservedCertificate = ObservationRecipe['certificates'][number];

/** Where the facts on a ring come from. */
export function cassandraKeystoresObservation(
  spec: CassandraKeystoresSpec,
): ObservationRecipe {
  return {
    podLabels: nodeLabels(spec),
    container: CONTAINER,
    statefulSet: operatorNames.statefulSet(spec),
    replicas: spec.replicas,
    certificates: certificates(spec),
    routes: [],
    meshMode: 'none',
    clientPort: PORTS.cql,
    ringPorts: [PORTS.storage, PORTS.storageTls],
    // By itself it looks every ten minutes.
    reloadCommand: ['nodetool', 'reloadssl'],
    ringCommand: ['nodetool', 'status'],
    superuserSecret: names.superuserSecret(spec),
    publicLogins: [PUBLIC_LOGIN],
  };
}

function certificates(spec: CassandraKeystoresSpec): ObservedCertificate[] {
  const observe = (
    name: string,
    purpose: ObservedCertificate['purpose'],
  ): ObservedCertificate => ({ name, secret: name, purpose });
  const authorities = encryptedSides(spec)
    .filter(side => isOwnAuthority(spec, side))
    .flatMap(side =>
      trustedAuthorities(spec, side).map(authority =>
        observe(storeNames.authority(spec, side, authority), 'ca'),
      ),
    );
  const leaves = encryptedSides(spec).map(side =>
    observe(
      storeNames.certificate(spec, side),
      side === 'client' ? 'service' : 'client',
    ),
  );
  const clients = spec.tls.client.enabled
    ? [
        names.portalCertificate(spec),
        ...(spec.reaper.enabled ? [reaperNames.certificate(spec)] : []),
      ].map(name => observe(name, 'client'))
    : [];
  return [...authorities, ...leaves, ...clients];
}
