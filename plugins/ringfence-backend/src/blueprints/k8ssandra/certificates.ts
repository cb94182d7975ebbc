import {
  commonLabels,
  encryptedSides,
  isOwnAuthority,
  names,
  serviceHosts,
  storeCertificate,
  storeNames,
  trustedAuthorities,
  type Manifest,
  type StoreSide,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION, clientHost, operatorNames, ownNames } from './names';
import { replicatedLabels } from './replication';
import type { K8ssandraSpec } from './spec';

/** The name that clients verify. */
export function serverName(spec: K8ssandraSpec): string {
  return spec.access.hostname ?? clientHost(spec);
}

/** While a CA takes another's place, clients trust both. */
export function furtherCaSecrets(spec: K8ssandraSpec): string[] {
  if (!isOwnAuthority(spec, 'client')) return [];
  const authorities = trustedAuthorities(spec, 'client');
  if (authorities.length < 2) return [];
  return authorities.map(authority =>
    storeNames.authority(spec, 'client', authority),
  );
}

/** Leaves of the nodes: one for each encrypted side, the same on all nodes. */
export function nodeCertificates(spec: K8ssandraSpec): Manifest[] {
  return encryptedSides(spec).map(side =>
    storeCertificate(spec, APPLICATION, {
      name: storeNames.certificate(spec, side),
      side,
      // Nodes are clients too: of each other, and Reaper and JMX show these stores to them.
      usages: ['server auth', 'client auth'],
      dnsNames: side === 'client' ? clientHosts(spec) : nodeHosts(spec),
      ipAddresses: side === 'client' ? spec.certificate.ipAddresses : [],
      secretLabels: replicatedLabels(spec),
    }),
  );
}

function clientHosts(spec: K8ssandraSpec): string[] {
  const { access, certificate, datacenters, namespace } = spec;
  return [
    ...(access.hostname ? [access.hostname] : []),
    ...certificate.dnsNames,
    ...datacenters.flatMap(datacenter =>
      serviceHosts(operatorNames.service(spec, datacenter), namespace),
    ),
    ...nodeHosts(spec),
    // Where nodetool and what runs beside a node dial it.
    'localhost',
  ];
}

/** Each node's own name, by a wildcard: how many there are may change. */
function nodeHosts(spec: K8ssandraSpec): string[] {
  const hosts = spec.datacenters.flatMap(datacenter =>
    serviceHosts(
      operatorNames.allPodsService(spec, datacenter),
      spec.namespace,
    ),
  );
  return hosts.flatMap(host => [host, `*.${host}`]);
}

/** What the portal itself shows to the nodes, and Medusa where it runs. */
export function ownClientCertificates(spec: K8ssandraSpec): Manifest[] {
  if (!spec.tls.client.enabled) return [];
  const client = (
    name: string,
    who: string,
    secretLabels: Record<string, string> = {},
  ) =>
    storeCertificate(spec, APPLICATION, {
      name,
      side: 'client' satisfies StoreSide,
      usages: ['client auth'],
      commonName: who,
      uris: [identity(spec, who)],
      secretLabels,
    });
  return [
    client(names.portalCertificate(spec), 'ringfence'),
    ...(spec.medusa.enabled
      ? [
          client(
            ownNames.medusaCertificate(spec),
            'medusa',
            replicatedLabels(spec),
          ),
        ]
      : []),
  ];
}

/** Who a client is, in the form that Cassandra 5 reads out of its certificate. */
function identity({ name, namespace }: K8ssandraSpec, who: string): string {
  return `spiffe://ringfence.dev/ns/${namespace}/database/${name}/client/${who}`;
}

/** What every object of the blueprint begins with. */
export function metadata(spec: K8ssandraSpec, name: string) {
  return {
    name,
    namespace: spec.namespace,
    labels: commonLabels(spec, APPLICATION),
  };
}
