import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import {
  itself,
  refOfKey,
  startController,
  type ControllerCluster,
  type ControllerContext,
  type RunningController,
} from '@ringfence/sandbox/controllers';
import { DATACENTERS } from '../cassOperator/datacenter';
import { hold } from '../finalizers';
import {
  contactPointsManifest,
  loginSecretManifest,
  loginSecrets,
  metricsConfigManifest,
} from './children';
import { datacenterManifest, systemReplication } from './datacenter';
import { CLUSTERS, FINALIZER, readRing, ringOf, type Ring } from './ring';
import { withdraw } from './withdraw';
import { readEncryption, readPasswords } from './stores';

/** What Cassandra's own keyspaces had when the ring was made: they keep it. */
const REPLICATION = 'k8ssandra.io/initial-system-replication';

/**
 * Plays k8ssandra-operator: makes of a K8ssandraCluster what the real one was
 * seen to make of it. Of what is missing it reports what the real one reports:
 * the Secret of a password, not the Secret of a store.
 */
export function startK8ssandraOperator(
  context: ControllerContext,
): RunningController {
  const kubernetes = context.kubernetes.as('k8ssandra-operator', {
    force: true,
  });
  return startController({
    name: 'k8ssandra-operator',
    kubernetes,
    log: context.log,
    watches: [
      { ...CLUSTERS, concerns: itself },
      { ...DATACENTERS, concerns: ringOf },
      // Passwords: the operator copies them, and follows them.
      { apiVersion: 'v1', kind: 'Secret', concerns: ringsIn(kubernetes) },
    ],
    async reconcile(key) {
      const object = await kubernetes.get(refOfKey(CLUSTERS, key));
      if (!object) return;
      const ring = readRing(object);
      if (object.metadata.deletionTimestamp) await withdraw(kubernetes, ring);
      else await bringAbout(kubernetes, ring, context.now());
    },
  });
}

function ringsIn(kubernetes: ControllerCluster) {
  return async ({ metadata }: KubernetesObject): Promise<string[]> => {
    const { namespace } = metadata;
    const rings = await kubernetes.list({ ...CLUSTERS, namespace });
    return rings.map(it => `${namespace}/${it.metadata.name}`);
  };
}

async function bringAbout(
  kubernetes: ControllerCluster,
  ring: Ring,
  now: Date,
): Promise<void> {
  const copies = await claim(kubernetes, ring);
  for (const name of loginSecrets(ring)) {
    const ref = { apiVersion: 'v1', kind: 'Secret', name };
    if (await kubernetes.get({ ...ref, namespace: ring.namespace })) continue;
    await kubernetes.create(loginSecretManifest(ring, name));
  }
  const made: KubernetesObject[] = [];
  const error = await makeDatacenters(kubernetes, ring, copies, made).then(
    () => 'None',
    (failure: Error) => failure.message,
  );
  await writeStatus(kubernetes, ring, { made, error, now });
}

/** Marks it as looked after. @returns the copies that Cassandra's own keyspaces keep */
async function claim(
  kubernetes: ControllerCluster,
  ring: Ring,
): Promise<Record<string, number>> {
  const { name, namespace, object } = ring;
  const before = object.metadata.annotations?.[REPLICATION];
  const copies = before ? JSON.parse(before) : systemReplication(ring);
  await hold(kubernetes, object, FINALIZER);
  if (!before) {
    await kubernetes.apply({
      ...CLUSTERS,
      metadata: {
        name,
        namespace,
        uid: object.metadata.uid,
        annotations: { [REPLICATION]: JSON.stringify(copies) },
      },
    });
  }
  return copies;
}

/** One after another: the next begins once the one before is ready. */
async function makeDatacenters(
  kubernetes: ControllerCluster,
  ring: Ring,
  copies: Record<string, number>,
  made: KubernetesObject[],
): Promise<void> {
  for (const datacenter of ring.datacenters) {
    const encryption = readEncryption(datacenter.options);
    const passwords = await readPasswords(
      kubernetes,
      ring.namespace,
      encryption,
    );
    await kubernetes.apply(metricsConfigManifest(ring, datacenter.name));
    await kubernetes.apply(contactPointsManifest(ring, datacenter.name));
    const object = await kubernetes.apply(
      datacenterManifest(ring, datacenter, {
        encryption,
        passwords,
        systemReplication: copies,
      }),
    );
    await hold(kubernetes, object, FINALIZER);
    made.push(object);
    if (!isReady(object)) return;
  }
}

function isReady({ status, metadata }: KubernetesObject): boolean {
  return (
    status?.cassandraOperatorProgress === 'Ready' &&
    status.observedGeneration === metadata.generation
  );
}

async function writeStatus(
  kubernetes: ControllerCluster,
  { object, name, namespace, datacenters }: Ring,
  {
    made,
    error,
    now,
  }: {
    readonly made: readonly KubernetesObject[];
    readonly error: string;
    readonly now: Date;
  },
): Promise<void> {
  const live = await kubernetes.get({ ...CLUSTERS, namespace, name });
  if (!live) return;
  const before = live.status ?? {};
  const initialized = made.length === datacenters.length && made.every(isReady);
  const status = {
    ...before,
    error,
    ...(made.length > 0 && {
      datacenters: {
        ...before.datacenters,
        ...Object.fromEntries(
          made.map(({ metadata, status: cassandra }) => [
            metadata.name,
            {
              ...before.datacenters?.[metadata.name],
              ...(cassandra && { cassandra }),
            },
          ]),
        ),
      },
    }),
    ...(initialized && {
      conditions: initializedSince(before, now),
      // The real one writes it once there is nothing left to do.
      observedGeneration: object.metadata.generation,
    }),
  };
  if (JSON.stringify(status) === JSON.stringify(before)) return;
  await kubernetes.updateStatus({ ...live, status });
}

/** Once all datacenters were ready it stays so. */
function initializedSince({ conditions = [] }: Record<string, any>, now: Date) {
  const type = 'CassandraInitialized';
  if (conditions.some((it: any) => it.type === type)) return conditions;
  const lastTransitionTime = `${now.toISOString().slice(0, 19)}Z`;
  return [...conditions, { type, status: 'True', lastTransitionTime }];
}
