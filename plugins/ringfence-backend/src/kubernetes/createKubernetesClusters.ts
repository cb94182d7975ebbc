import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { ClientNodeKubernetesCluster } from './client';
import { readPortalClusters } from './config/portalClusters';
import { readRingfenceClusters } from './config/ringfenceClusters';
import type { KubernetesClusterSettings } from './config/settings';
import type {
  KubernetesClusters,
  UnusableKubernetesCluster,
  UsableKubernetesCluster,
} from './KubernetesClusters';

/**
 * All Kubernetes clusters: those of `ringfence.kubernetesClusters`, those that
 * modules contribute, and those of the portal's `kubernetes:` configuration
 * that neither names already.
 *
 * @throws InputError where `ringfence.kubernetesClusters` is wrong, with its path
 * @throws ConflictError where a contributed one is configured, too
 */
export function createKubernetesClusters(options: {
  readonly config: Config;
  readonly contributed: readonly UsableKubernetesCluster[];
  readonly logger: LoggerService;
}): KubernetesClusters {
  const { config, contributed, logger } = options;
  const configured = readRingfenceClusters(config);
  const names = new Set(configured.map(({ name }) => name));
  contributed.forEach(({ kubernetes: { name } }) => {
    if (names.has(name)) {
      throw new ConflictError(
        `Kubernetes cluster "${name}" is contributed by a module and named under ringfence.kubernetesClusters: rename or remove one of them`,
      );
    }
    names.add(name);
  });
  const portal = readPortalClusters(config);
  const isNew = ({ name }: { name: string }) => !names.has(name);
  const usable = [
    ...contributed,
    ...[...configured, ...portal.usable.filter(isNew)].map(toUsable),
  ];
  const unusable = portal.unusable.filter(isNew);
  unusable.forEach(({ name, why, remedy }) =>
    logger.info(`Kubernetes cluster "${name}" is not used: ${why}. ${remedy}`),
  );
  return lookUp(usable, unusable);
}

function toUsable({
  name,
  apiServer,
  defaults,
}: KubernetesClusterSettings): UsableKubernetesCluster {
  return {
    kubernetes: new ClientNodeKubernetesCluster(name, apiServer),
    defaults,
  };
}

function lookUp(
  usable: readonly UsableKubernetesCluster[],
  unusable: readonly UnusableKubernetesCluster[],
): KubernetesClusters {
  return {
    listUsable: () => usable,
    listUnusable: () => unusable,
    get(name) {
      const found = usable.find(({ kubernetes }) => kubernetes.name === name);
      if (found) return found;
      const refused = unusable.find(entry => entry.name === name);
      if (refused) {
        throw new InputError(
          `Kubernetes cluster "${name}" cannot be used: ${refused.why}. ${refused.remedy}`,
        );
      }
      const names = usable.map(({ kubernetes }) => `"${kubernetes.name}"`);
      throw new NotFoundError(
        `There is no Kubernetes cluster "${name}"; there are: ${
          names.join(', ') || 'none'
        }`,
      );
    },
  };
}
