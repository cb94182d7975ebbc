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
  racksOf,
} from './names';
import { operatorRecipe } from './operatorRecipe';
import type { DatacenterSpec } from './schemas';
import type { K8ssandraSpec } from './spec';
import { nodetool } from './stores';

type ObservedCertificate = ObservationRecipe['certificates'][number];

/** Where the facts on a ring come from. */
export function k8ssandraObservation(spec: K8ssandraSpec): ObservationRecipe {
  return {
    podLabels: nodeLabels(spec),
    container: CONTAINER,
    statefulSet: operatorNames.statefulSet(spec, firstDatacenter(spec)),
    statefulSets: localDatacenters(spec).flatMap(datacenter =>
      statefulSets(spec, datacenter),
    ),
    replicas: spec.datacenters.reduce((sum, dc) => sum + dc.replicas, 0),
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

/** One for each rack: cass-operator spreads the nodes over them, the first ones get what is left over. */
function statefulSets(spec: K8ssandraSpec, datacenter: DatacenterSpec) {
  const racks = racksOf(datacenter);
  const { replicas } = datacenter;
  const each = Math.floor(replicas / racks.length);
  return racks.map((rack, index) => ({
    name: operatorNames.statefulSet(spec, datacenter, rack),
    replicas: each + (index < replicas % racks.length ? 1 : 0),
  }));
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
