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
import { APPLICATION, clientHost, operatorNames } from './names';
import type { CassandraKeystoresSpec } from './spec';

/** Names of what Reaper runs from. */
export const reaperNames = {
  /** Of its Deployment and ServiceAccount. */
  deployment: ({ name }: CassandraKeystoresSpec) => `${name}-reaper`,
  /** Of its client certificate and the Secret of that. */
  certificate: ({ name }: CassandraKeystoresSpec) => `${name}-reaper-tls`,
  /** Of the Secret with its role. */
  role: ({ name }: CassandraKeystoresSpec) => `${name}-reaper-role`,
} as const;

/** The name that clients verify. */
export function serverName(spec: CassandraKeystoresSpec): string {
  return spec.access.hostname ?? clientHost(spec);
}

/** While a CA takes another's place, clients trust both. */
export function furtherCaSecrets(spec: CassandraKeystoresSpec): string[] {
  if (!isOwnAuthority(spec, 'client')) return [];
  const authorities = trustedAuthorities(spec, 'client');
  if (authorities.length < 2) return [];
  return authorities.map(authority =>
    storeNames.authority(spec, 'client', authority),
  );
}

/** Leaves of the nodes: one for each encrypted side, the same on all nodes. */
export function nodeCertificates(spec: CassandraKeystoresSpec): Manifest[] {
  return encryptedSides(spec).map(side =>
    storeCertificate(spec, APPLICATION, {
      name: storeNames.certificate(spec, side),
      side,
      ...(side === 'client'
        ? clientSide(spec)
        : {
            usages: ['server auth', 'client auth'],
            dnsNames: nodeHosts(spec),
          }),
    }),
  );
}

function clientSide(spec: CassandraKeystoresSpec) {
  const { certificate, access } = spec;
  return {
    usages: ['server auth'] as const,
    dnsNames: [
      ...(access.hostname ? [access.hostname] : []),
      ...certificate.dnsNames,
      ...serviceHosts(operatorNames.service(spec), spec.namespace),
      ...nodeHosts(spec),
      ...reverseHosts(spec),
    ],
    ipAddresses: certificate.ipAddresses,
  };
}

/** Each node's own name, by a wildcard: how many there are may change. */
function nodeHosts(spec: CassandraKeystoresSpec): string[] {
  const hosts = serviceHosts(
    operatorNames.allPodsService(spec),
    spec.namespace,
  );
  return hosts.flatMap(host => [host, `*.${host}`]);
}

/**
 * What DNS calls a node's address: a name for each headless Service that leads
 * to it. Drivers that dial nodes by address, as Reaper's does, verify one of them.
 */
function reverseHosts(spec: CassandraKeystoresSpec): string[] {
  return [operatorNames.service(spec), operatorNames.seedService(spec)].map(
    service => {
      const [, fullName] = serviceHosts(service, spec.namespace);
      return `*.${fullName}`;
    },
  );
}

/** What the portal itself shows to the nodes, and Reaper where it runs. */
export function ownClientCertificates(
  spec: CassandraKeystoresSpec,
): Manifest[] {
  if (!spec.tls.client.enabled) return [];
  const client = (name: string, who: string) =>
    storeCertificate(spec, APPLICATION, {
      name,
      side: 'client' satisfies StoreSide,
      usages: ['client auth'],
      commonName: who,
      uris: [identity(spec, who)],
    });
  return [
    client(names.portalCertificate(spec), 'ringfence'),
    ...(spec.reaper.enabled
      ? [client(reaperNames.certificate(spec), 'reaper')]
      : []),
  ];
}

/** Who a client is, in the form that Cassandra 5 reads out of its certificate. */
export function identity(
  { name, namespace }: CassandraKeystoresSpec,
  who: string,
): string {
  return `spiffe://ringfence.dev/ns/${namespace}/database/${name}/client/${who}`;
}

/** What every object of the blueprint begins with. */
export function metadata(spec: CassandraKeystoresSpec, name: string) {
  return {
    name,
    namespace: spec.namespace,
    labels: commonLabels(spec, APPLICATION),
  };
}
