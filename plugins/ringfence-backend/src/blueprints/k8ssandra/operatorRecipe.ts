import type {
  KubernetesObject,
  OperatorRecipe,
  SecretKeyRef,
  StoreRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { OPERATOR_KINDS } from './names';
import { objectRefs } from './objects';
import type { K8ssandraSpec } from './spec';

/** What the operators say, and the stores that the K8ssandraCluster names, whoever wrote it. */
export function operatorRecipe(spec: K8ssandraSpec): OperatorRecipe {
  const { cluster, datacenters } = objectRefs(spec);
  return {
    objects: [cluster, ...datacenters],
    stores: objects => storesOf(clusterOf(objects)),
  };
}

/** The K8ssandraCluster among the operators' objects. */
export function clusterOf(
  objects: readonly KubernetesObject[],
): KubernetesObject | undefined {
  return objects.find(({ kind }) => kind === OPERATOR_KINDS.cluster.kind);
}

/** The CassandraDatacenters among them. */
export function datacentersOf(
  objects: readonly KubernetesObject[],
): KubernetesObject[] {
  return objects.filter(({ kind }) => kind === OPERATOR_KINDS.datacenter.kind);
}

/** The stores that a K8ssandraCluster names, with the operator's defaults for keys that it leaves out. */
export function storesOf(cluster: KubernetesObject | undefined): StoreRef[] {
  const { cassandra, medusa } = cluster?.spec ?? {};
  return [
    ...sideStores('client', 'clients', cassandra?.clientEncryptionStores),
    ...sideStores('internode', 'nodes', cassandra?.serverEncryptionStores),
    ...medusaFiles(medusa),
  ];
}

const STORES = ['keystore', 'truststore'] as const;

function sideStores(side: string, whose: string, stores: any): StoreRef[] {
  if (!stores) return [];
  return STORES.flatMap((is): StoreRef[] => {
    const named = refOf(stores[`${is}SecretRef`], is);
    if (!named) return [];
    const password = refOf(stores[`${is}PasswordSecretRef`], `${is}-password`);
    return [
      {
        ...named,
        what: `${is} of ${whose}`,
        side,
        is,
        // Without a reference the operator looks for it beside the store.
        password: password ?? { secret: named.secret, key: `${is}-password` },
      },
    ];
  });
}

/** Medusa reads PEM files, which need no password; which field means which is the operator's own. */
const MEDUSA_FILES = {
  keystoreSecretRef: 'CA',
  truststoreSecretRef: 'certificate',
  truststorePasswordSecretRef: 'key',
} as const;

function medusaFiles(medusa: any): StoreRef[] {
  const bucket = medusa?.storageProperties?.storageSecretRef?.name;
  const files = Object.entries(MEDUSA_FILES).flatMap(([field, what]) => {
    const ref = refOf(medusa?.clientEncryptionStores?.[field], '');
    return ref ? [{ ...ref, what: `${what} of Medusa` }] : [];
  });
  return [
    ...files,
    ...(bucket
      ? [
          {
            secret: bucket,
            key: 'credentials',
            what: 'login of the bucket of Medusa',
          },
        ]
      : []),
  ].map(file => ({ ...file, side: 'backup', is: 'file' as const }));
}

function refOf(ref: any, key: string): SecretKeyRef | undefined {
  return ref?.name ? { secret: ref.name, key: ref.key || key } : undefined;
}
