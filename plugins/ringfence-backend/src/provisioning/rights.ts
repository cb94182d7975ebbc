import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  MANAGER,
  SPEC_CONFIG_MAP,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { applyManifest } from './apply';
import type { Run } from './Run';
import { waitFor } from './waits';

const RBAC = 'rbac.authorization.k8s.io';
/** What Ringfence may do in a database's namespace. @see deploy/rbac/database.yaml */
const DATABASE_ROLE = 'ringfence-database';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
/** The API server's authorizer learns of a binding from a watch of its own. */
const IN_FORCE_WITHIN_MS = 30_000;

/**
 * Binds the role for databases to Ringfence's own account in a namespace that
 * it made: RBAC cannot select namespaces by label. Where there is no such
 * role, the account has its rights from elsewhere and nothing happens.
 *
 * @throws NotAllowedError where the role may not be bound
 */
export async function bindOwnRights(run: Run): Promise<void> {
  const subject = await findSubject(run.kubernetes);
  if (!subject) return;
  const { namespace } = run.ref;
  const binding: Manifest = {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name: MANAGER, namespace },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: DATABASE_ROLE },
    subjects: [subject],
  };
  await applyManifest(run, binding);
  await waitFor(run, {
    kind: 'probe',
    name: `RoleBinding ${namespace}/${MANAGER} is in force`,
    timeoutMs: IN_FORCE_WITHIN_MS,
    everyMs: 200,
    remedy: `See what the role allows: kubectl describe clusterrole ${DATABASE_ROLE}`,
    probe: async () => {
      const refusal = await refusalOfSpec(run.kubernetes, namespace);
      return refusal
        ? { state: 'waiting', why: refusal }
        : { state: 'done', message: 'in force' };
    },
  });
}

/** Whom to bind the role to; undefined where there is no role or no telling. */
async function findSubject(
  kubernetes: KubernetesCluster,
): Promise<object | undefined> {
  try {
    const role = await kubernetes.get({
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      name: DATABASE_ROLE,
    });
    return role && subjectOf(await whoAmI(kubernetes));
  } catch (error) {
    // An account that may not read the role was not set up to bind it; one
    // that cannot be told apart is no service account's.
    if (error instanceof NotAllowedError || error instanceof NotFoundError) {
      return undefined;
    }
    throw error;
  }
}

/** Nothing is stored by a review, and a dry run of one answers the same. */
function whoAmI(kubernetes: KubernetesCluster): Promise<KubernetesObject> {
  return kubernetes.create(
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'SelfSubjectReview',
      metadata: { name: MANAGER },
    },
    { dryRun: true },
  );
}

function subjectOf(review: KubernetesObject): object | undefined {
  const username: string | undefined = review.status?.userInfo?.username;
  if (!username) return undefined;
  const [, namespace, name] = SERVICE_ACCOUNT.exec(username) ?? [];
  return name
    ? { kind: 'ServiceAccount', name, namespace }
    : { kind: 'User', apiGroup: RBAC, name: username };
}

/** The API server's words while it refuses to show what the role allows to read. */
async function refusalOfSpec(
  kubernetes: KubernetesCluster,
  namespace: string,
): Promise<string | undefined> {
  try {
    await kubernetes.get({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace,
      name: SPEC_CONFIG_MAP,
    });
    return undefined;
  } catch (error) {
    if (error instanceof NotAllowedError) return error.message;
    throw error;
  }
}
