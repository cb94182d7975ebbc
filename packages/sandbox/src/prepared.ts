import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  names,
  type KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  createBlueprintRegistry,
  createDatabaseTools,
  Provisioner,
} from '@ringfence/backstage-plugin-ringfence-backend';
import type { Sandbox } from './Sandbox';

/** What the two databases of the demo say of themselves. */
export const PREPARED_STUB =
  'it was prepared for the demo, so that the portal starts at once';

const CQL_PORT = 9042;
const HOUR_MS = 3_600_000;
/** Long enough to look at it, short enough to be alarming; half an hour more, so that people read 36 for a while. */
const REMAINING_MS = 36.5 * HOUR_MS;

/** Name of the database in namespace `billing`, whose service certificate runs out. */
const EXPIRING = { namespace: 'billing', certificate: 'invoices-tls' };

/** Specs of the databases that the demo begins with. */
export function preparedSpecs(kubernetesCluster: string) {
  const common = { blueprint: 'scylladb-ambient', kubernetesCluster };
  return [
    {
      ...common,
      name: 'catalogue',
      namespace: 'shop',
      owner: 'group:default/payments',
    },
    {
      ...common,
      name: 'invoices',
      namespace: 'billing',
      owner: 'group:default/payments',
    },
  ];
}

/** Whether a namespace belongs to a prepared database. */
export function isPrepared(namespace: string): boolean {
  return preparedSpecs('').some(spec => spec.namespace === namespace);
}

/** Lets the certificate of one prepared database run out, its renewal overdue. */
export function expiringDates(certificate: KubernetesObject, now: Date) {
  const { name, namespace } = certificate.metadata;
  if (name !== EXPIRING.certificate || namespace !== EXPIRING.namespace)
    return undefined;
  const notAfter = new Date(now.getTime() + REMAINING_MS);
  return {
    notBefore: new Date(notAfter.getTime() - 90 * 24 * HOUR_MS),
    notAfter,
  };
}

/** Makes a keyspace of the database's own name, for roles of teams to be granted. */
async function addKeyspace(
  { kubernetes }: Sandbox,
  spec: ReturnType<typeof preparedSpecs>[number],
): Promise<void> {
  const { kubernetesCluster, namespace, name } = spec;
  const ref = { kubernetesCluster, namespace };
  const session = await createDatabaseTools(kubernetes, ref).cql(
    { secret: names.superuserSecret(spec) },
    { pod: names.pod(spec, 0), port: CQL_PORT },
  );
  try {
    await session.execute(
      `CREATE KEYSPACE IF NOT EXISTS ${name} WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}`,
    );
  } finally {
    await session.close();
  }
}

/** Creates the databases that the demo begins with, in the way that everybody's are. */
export async function prepareDatabases(
  sandbox: Sandbox,
  deps: {
    readonly logger: LoggerService;
    readonly signal: AbortSignal;
    /** Told of each one that is there. */
    readonly onReady: (namespace: string) => Promise<void>;
  },
): Promise<void> {
  const entry = { kubernetes: sandbox.kubernetes, defaults: {} };
  const provisioner = new Provisioner({
    clusters: {
      listUsable: () => [entry],
      listUnusable: () => [],
      get: () => entry,
    },
    blueprints: createBlueprintRegistry([]),
    createTools: createDatabaseTools,
    logger: deps.logger,
  });
  const prepare = async (spec: ReturnType<typeof preparedSpecs>[number]) => {
    const options = { signal: deps.signal, actor: 'sandbox' };
    for await (const event of provisioner.provision(spec, options)) {
      if (event.type === 'failed' && !deps.signal.aborted) {
        deps.logger.error(
          `Database "${spec.namespace}" could not be prepared: ${event.message}`,
        );
      }
      if (event.type === 'done') {
        await deps.onReady(spec.namespace);
        await addKeyspace(sandbox, spec);
      }
    }
  };
  await Promise.all(preparedSpecs(sandbox.kubernetes.name).map(prepare));
}
