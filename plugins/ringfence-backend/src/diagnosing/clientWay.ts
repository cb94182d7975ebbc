import { InputError, NotFoundError } from '@backstage/errors';
import { stringifyDatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  AccessRecipe,
  DatabaseTools,
  KubernetesCluster,
  Login,
  PodRef,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Connection, Endpoint } from '@ringfence/connection';
import { targetOf, type DialTarget } from '@ringfence/connection/dial';
import { readCa, type CertificateAuthority } from '../access/readCa';
import { readConnection } from '../access/readConnection';
import { list } from '../checks/words';
import type { StoredDatabase } from '../databases/Databases';

/** What is dialled: an address, or a pod through the API server. */
export interface Place {
  readonly target: DialTarget;
  readonly pod?: PodRef;
}

/** The way of a client to every address that the bundle gives to those outside, else to every node. */
export interface Way {
  readonly protocol: AccessRecipe['protocol'];
  readonly places: readonly Place[];
  readonly vias: readonly Via[];
  readonly authority: string;
  /** Who to log in as: the application role, or nobody where the database knows no logins. */
  readonly login: Login;
  readonly role?: string;
  readonly replicas: number;
}

/**
 * Reads where a client would go, and as whom.
 *
 * @throws InputError where the spec exposes nothing
 * @throws NotFoundError where there is no way in yet, or no CA
 */
export async function readWay(
  database: StoredDatabase,
  { kubernetes }: DatabaseTools,
): Promise<Way> {
  const { blueprint, spec } = database;
  const access = blueprint.access(spec);
  if (access.exposure === 'none') {
    throw new InputError(
      `Database "${stringifyDatabaseRef(
        database.ref,
      )}" has no gateway to test: its spec says access.exposure: none. Ask "Why can't I connect?" for a workload of the mesh`,
    );
  }
  const ca = await readCa(database, kubernetes);
  const connection = await readConnection(database, kubernetes, ca);
  const endpoints = connection.endpoints.filter(
    ({ scope }) => scope === 'external',
  );
  const ways =
    endpoints.length > 0
      ? endpoints.map(endpoint => fromOutside(connection, endpoint, ca, access))
      : await toNodes(database, kubernetes, ca, access);
  return {
    protocol: access.protocol,
    places: ways.map(({ place }) => place),
    vias: ways.map(({ via }) => via),
    authority: list(ca.certificates.map(({ subject }) => `"${subject}"`)),
    login: access.applicationRoleSecret
      ? { secret: access.applicationRoleSecret }
      : 'anonymous',
    role: connection.role,
    replicas: blueprint.observation(spec).replicas,
  };
}

function fromOutside(
  connection: Connection,
  endpoint: Endpoint,
  { pem }: CertificateAuthority,
  { caSecret, clientCertificates }: AccessRecipe,
): { place: Place; via: Via } {
  const { host, port } = endpoint;
  const { serverName } = connection.tls;
  const clientSecret = clientCertificates?.portalSecret;
  return {
    place: { target: targetOf(connection, endpoint, pem) },
    via: {
      host,
      port,
      serverName,
      caSecret,
      ...(clientSecret && { clientSecret }),
    },
  };
}

/**
 * Each node, where there is no way from outside: through the API server.
 *
 * @throws NotFoundError where there is no pod
 */
async function toNodes(
  { ref, blueprint, spec }: StoredDatabase,
  kubernetes: KubernetesCluster,
  { pem }: CertificateAuthority,
  access: AccessRecipe,
): Promise<Array<{ place: Place; via: Via }>> {
  const pods = await kubernetes.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: ref.namespace,
    labels: blueprint.observation(spec).podLabels,
  });
  if (pods.length === 0) {
    throw new NotFoundError(
      `Database "${stringifyDatabaseRef(
        ref,
      )}" has no pods yet. Look at: kubectl get pods -n ${ref.namespace}`,
    );
  }
  const [port] = access.tlsPorts;
  const { serverName, caSecret, furtherCaSecrets, clientCertificates } = access;
  const clientSecret = clientCertificates?.portalSecret;
  const tls = { serverName, caSecret, furtherCaSecrets, clientSecret };
  return pods
    .map(({ metadata }) => metadata.name)
    .sort()
    .map(pod => ({
      place: {
        target: { host: pod, port, serverName, caPem: pem },
        pod: { namespace: ref.namespace, pod },
      },
      via: { pod, port, tls },
    }));
}
