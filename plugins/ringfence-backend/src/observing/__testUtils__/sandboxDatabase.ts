import { mockServices } from '@backstage/backend-test-utils';
import type { Report } from '@ringfence/backstage-plugin-ringfence-common';
import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import { createBlueprintRegistry } from '../../blueprints';
import { checksOf, runChecks, toReport } from '../../checks';
import { createDatabases } from '../../databases';
import { readDrift } from '../../drift';
import { Platforms } from '../../platform';
import { Provisioner } from '../../provisioning';
import { createDatabaseTools } from '../../tools';
import { Observer } from '../Observer';
import { ProbeBook } from '../probes/ProbeBook';

/** Where the database of {@link startSandboxDatabase} is. */
export const SANDBOX_REF = {
  kubernetesCluster: 'sandbox',
  namespace: 'orders',
};

/** A sandbox, and what makes a database of one blueprint in it and looks at it. */
export interface SandboxDatabase {
  readonly sandbox: Sandbox;
  readonly databases: ReturnType<typeof createDatabases>;
  /** @returns what became of each object. @throws where it fails */
  provision(): Promise<string[]>;
  /** Probes run for it each time. */
  report(): Promise<Report>;
}

/** Starts a sandbox and provisions a database in it. */
export async function startSandboxDatabase(
  blueprint: string,
): Promise<SandboxDatabase> {
  const sandbox = await createSandbox({
    ring: () => ({ stub: 'for a test of observation' }),
  });
  const entry = { kubernetes: sandbox.kubernetes, defaults: {} };
  const clusters = {
    listUsable: () => [entry],
    listUnusable: () => [],
    get: () => entry,
  };
  const blueprints = createBlueprintRegistry();
  const logger = mockServices.logger.mock();
  const createTools = createDatabaseTools;
  const databases = createDatabases({ clusters, blueprints, logger });
  const observer = new Observer({
    clusters,
    createTools,
    platforms: new Platforms({ clusters, blueprints }),
    history: { listBundles: async () => [] },
    readDrift,
    probes: new ProbeBook({ clock: () => new Date() }),
  });
  const provisioner = new Provisioner({
    clusters,
    blueprints,
    createTools,
    logger,
  });
  const provision = async () => {
    const owner = 'group:default/payments';
    const spec = { blueprint, name: 'orders', owner, ...SANDBOX_REF };
    const { signal } = new AbortController();
    const options = { signal, actor: 'user:default/ada' };
    const changes: string[] = [];
    for await (const event of provisioner.provision(spec, options)) {
      if (event.type === 'failed') throw new Error(event.message);
      if (event.type === 'object') changes.push(event.change);
    }
    return changes;
  };
  await provision();
  return {
    sandbox,
    databases,
    provision,
    async report() {
      const database = await databases.get(SANDBOX_REF);
      const facts = await observer.facts(database, { refresh: true });
      const findings = runChecks(checksOf(database), facts, new Date());
      return toReport(database, facts, findings);
    },
  };
}
