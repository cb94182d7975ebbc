import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
// The portal's own look at a Kubernetes cluster is the one that counts.
// eslint-disable-next-line @backstage/no-mixed-plugin-imports
import {
  createBlueprintRegistry,
  createDatabaseTools,
  Provisioner,
} from '@ringfence/backstage-plugin-ringfence-backend';
import {
  existingOrders,
  EXISTING_NAMESPACE,
  openExistingCluster,
} from './existing';
import { kubectl, type Kubectl } from './kubectl';
import { silent } from './kubernetes';

/** How long the API server may take to answer. */
const ANSWERS_WITHIN = '10s';

interface Asked {
  readonly kubeconfig: string;
  readonly context: string;
  /** Where the part of the kubeconfig goes that is about this context alone. */
  readonly target: string;
}

async function requireKubectl(run: Kubectl): Promise<void> {
  await run(['version', '--client']).catch(() => {
    throw new Error(
      'kubectl is missing: there is no "kubectl" in PATH that runs. See https://kubernetes.io/docs/tasks/tools/',
    );
  });
}

/** Writes a kubeconfig with the one context; everything that follows works with that. */
async function extractContext(
  run: Kubectl,
  { kubeconfig, context, target }: Asked,
): Promise<void> {
  const names = await run(['config', 'get-contexts', '--output=name']);
  const contexts = names.split('\n').filter(Boolean);
  if (!contexts.includes(context)) {
    throw new Error(
      `There is no context "${context}" in "${kubeconfig}". There are: ${
        contexts.join(', ') || 'none'
      }`,
    );
  }
  const one = ['--minify', '--flatten', `--context=${context}`];
  const text = await run(['config', 'view', ...one, '--raw']);
  await writeFile(target, text, { mode: 0o600 });
}

async function requireAnswer(run: Kubectl, context: string): Promise<void> {
  try {
    await run([
      'get',
      '--raw',
      '/version',
      `--request-timeout=${ANSWERS_WITHIN}`,
    ]);
  } catch (error) {
    throw new Error(
      `The Kubernetes cluster of context "${context}" does not answer: ${
        (error as Error).message
      }`,
    );
  }
}

async function requireAllRights(run: Kubectl, context: string): Promise<void> {
  await run(['auth', 'can-i', '*', '*', '--all-namespaces']).catch(() => {
    throw new Error(
      `The account of context "${context}" may not do everything. The tests make namespaces and what is in them: use one of an administrator`,
    );
  });
}

async function refuseLeftovers(run: Kubectl): Promise<void> {
  const found = await run([
    'get',
    'namespace',
    EXISTING_NAMESPACE,
    '--ignore-not-found',
    '--output=name',
  ]);
  if (!found) return;
  throw new Error(
    `Namespace "${EXISTING_NAMESPACE}" is there already, maybe from a run that was broken off. The tests delete it at their end: kubectl delete namespace ${EXISTING_NAMESPACE}`,
  );
}

/** What the portal would refuse, in its own words: Istio, Gateway API, cert-manager, storage. */
async function refuseUnmet(kubeconfig: string): Promise<void> {
  const entry = {
    kubernetes: openExistingCluster(kubeconfig).kubernetes,
    defaults: {},
  };
  const provisioner = new Provisioner({
    clusters: {
      listUsable: () => [entry],
      listUnusable: () => [],
      get: () => entry,
    },
    blueprints: createBlueprintRegistry(),
    createTools: createDatabaseTools,
    logger: silent,
  });
  await provisioner.plan(existingOrders);
}

/**
 * Finds out whether the end-to-end tests can run on a Kubernetes cluster.
 * Changes nothing there.
 *
 * @throws what stands against it, and what to do
 */
export async function lookAtExisting(asked: Asked): Promise<void> {
  const { kubeconfig, context, target } = asked;
  if (!existsSync(kubeconfig)) {
    throw new Error(`There is no file "${kubeconfig}"`);
  }
  const whole = kubectl('kubectl', kubeconfig);
  await requireKubectl(whole);
  await extractContext(whole, asked);
  const run = kubectl('kubectl', target);
  await requireAnswer(run, context);
  await requireAllRights(run, context);
  await refuseLeftovers(run);
  await refuseUnmet(target);
}

if (require.main === module) {
  lookAtExisting(JSON.parse(process.argv[2])).catch(error => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
