import {
  encryptedSides,
  isOwnAuthority,
  names,
  PUBLIC_LOGIN,
  storeNames,
  trustedAuthorities,
  type ObservationRecipe,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  CONTAINER,
  firstDatacenter,
  localDatacenters,
  nodeLabels,
  operatorNames,
  ownNames,
  PORTS,
} from './names';
import { operatorRecipe } from './operatorRecipe';
import type { K8ssandraSpec } from './spec';
import { nodetool } from './stores';

type ObservedCertificate = ObservationRecipe['certificates'][number];

/** Where the facts on a ring come from. */
export function k8ssandraObservation(spec: K8ssandraSpec): ObservationRecipe {
  return {
    podLabels: nodeLabels(spec),
    container: CONTAINER,
    statefulSet: operatorNames.statefulSet(spec, firstDatacenter(spec)),
    replicas: localDatacenters(spec).reduce((sum, dc) => sum + dc.replicas, 0),
    certificates: certificates(spec),
    routes: [],
    meshMode: 'none',
    clientPort: PORTS.cql,
    ringPorts: [PORTS.storage, PORTS.storageTls],
    // By itself it looks every ten minutes.
    reloadCommand: nodetool(spec, 'reloadssl'),
    ringCommand: nodetool(spec, 'status'),
    operator: operatorRecipe(spec),
    superuserSecret: names.superuserSecret(spec),
    publicLogins: [PUBLIC_LOGIN],
  };
}

function certificates(spec: K8ssandraSpec): ObservedCertificate[] {
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
        ...(spec.medusa.enabled ? [ownNames.medusaCertificate(spec)] : []),
      ].map(name => observe(name, 'client'))
    : [];
  return [...authorities, ...leaves, ...clients];
}
