import { NotFoundError } from '@backstage/errors';
import type {
  AccessRecipe,
  GatewayAddress,
  KubernetesCluster,
  KubernetesObject,
  NodeName,
  RingNode,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  connectionSchema,
  type Connection,
  type ConnectionNode,
  type Endpoint,
} from '@ringfence/connection';
import { podAddresses } from '../checks/objects';
import type { StoredDatabase } from '../databases/Databases';
import { readGatewayAddresses } from '../observing/objectFacts';
import type { CertificateAuthority } from './readCa';
import { nodeSubnets } from './nodeSubnets';
import { readRoleName } from './readCredentials';

/** The nodes as the ring sees itself; none where that is not known. Never throws. */
export type ReadRing = () => Promise<readonly RingNode[]>;

/**
 * Reads how clients get in, as `connection.json` says it.
 *
 * @param ring - asked where nodes have names, for their IDs
 * @throws NotFoundError where there is no way in, or not yet
 */
export async function readConnection(
  database: StoredDatabase,
  kubernetes: KubernetesCluster,
  ca: CertificateAuthority,
  ring: ReadRing = async () => [],
): Promise<Connection> {
  const { ref, spec, blueprint } = database;
  const recipe = blueprint.access(spec);
  const [addresses, pods, role] = await Promise.all([
    readAddresses(kubernetes, recipe, ref.namespace),
    readPods(database, kubernetes),
    recipe.applicationRoleSecret
      ? readRoleName(database, kubernetes)
      : undefined,
  ]);
  return connectionSchema.parse({
    apiVersion: 'ringfence.dev/v1',
    kind: 'Connection',
    database: {
      name: spec.name,
      kubernetesCluster: ref.kubernetesCluster,
      namespace: ref.namespace,
      blueprint: spec.blueprint,
    },
    protocol: recipe.protocol,
    tls: {
      serverName: recipe.serverName,
      caFile: 'ca.crt',
      caSha256: ca.certificates.map(({ fingerprint256 }) => fingerprint256),
      ...(recipe.keyExchange === 'hybrid-required'
        ? { minVersion: 'TLSv1.3', keyExchange: recipe.keyExchange }
        : { minVersion: 'TLSv1.2' }),
    },
    endpoints: endpoints(recipe, addresses, recipe.tlsPorts),
    ...(recipe.restPorts?.length && {
      rest: { endpoints: endpoints(recipe, addresses, recipe.restPorts) },
    }),
    ...(recipe.datacenter && {
      cql: {
        datacenter: recipe.datacenter,
        nodeSubnets: nodeSubnets(pods.flatMap(podAddresses)),
        ...(recipe.nodes && {
          nodes: nodesOf(recipe.nodes, pods, await ring()),
        }),
      },
    }),
    ...(role && { role }),
    ...(database.simulated && { simulated: database.simulated }),
  } satisfies Connection);
}

/** From outside first: whoever is inside finds out by itself that the others work, too. */
function endpoints(
  recipe: AccessRecipe,
  addresses: readonly GatewayAddress[],
  ports: readonly number[],
): Endpoint[] {
  // A stable name outlives an address; where there is one, only it is told.
  const hosts = recipe.hostname
    ? [recipe.hostname]
    : addresses.map(({ value }) => value);
  const at = (scope: Endpoint['scope'], host: string) =>
    ports.map(port => ({ scope, host, port }));
  return [
    ...hosts.flatMap(host => at('external', host)),
    ...at('in-cluster', recipe.inClusterHost),
  ];
}

async function readAddresses(
  kubernetes: KubernetesCluster,
  recipe: AccessRecipe,
  namespace: string,
): Promise<GatewayAddress[]> {
  // Clients dial the nodes' Service, or the stable name that somebody else leads there.
  if (!recipe.gateway) return [];
  const addresses = readGatewayAddresses(await kubernetes.get(recipe.gateway));
  if (addresses.length === 0) {
    throw new NotFoundError(
      `Gateway "${namespace}/${recipe.gateway.name}" in Kubernetes cluster "${kubernetes.name}" has no address yet. ` +
        `Look at: kubectl describe gateways.gateway.networking.k8s.io ${recipe.gateway.name} -n ${namespace}`,
    );
  }
  return addresses;
}

function readPods(
  { ref, blueprint, spec }: StoredDatabase,
  kubernetes: KubernetesCluster,
): Promise<KubernetesObject[]> {
  return kubernetes.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: ref.namespace,
    labels: blueprint.observation(spec).podLabels,
  });
}

/** Each node as drivers see it: by its pod's address now, and its ID in the ring. */
function nodesOf(
  names: readonly NodeName[],
  pods: readonly KubernetesObject[],
  ring: readonly RingNode[],
): ConnectionNode[] {
  return names.map(({ name, serverName }) => {
    const pod = pods.find(({ metadata }) => metadata.name === name);
    const [address] = pod ? podAddresses(pod) : [];
    const hostId = ring.find(node => node.address === address)?.hostId;
    return {
      name,
      serverName,
      ...(address && { address }),
      ...(address && hostId && { hostId }),
    };
  });
}
