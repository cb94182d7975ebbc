import type { ControllerContext } from './context';
import {
  itself,
  refOfKey,
  startController,
  type RunningController,
} from './controller';

const selector = { apiVersion: 'v1', kind: 'Namespace' };

/** Gives each namespace the ServiceAccount that every namespace has. */
export function startNamespaces(context: ControllerContext): RunningController {
  const kubernetes = context.kubernetes.as('kube-controller-manager', {
    force: true,
  });
  const account = (namespace: string) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace },
  });
  return startController({
    name: 'namespaces',
    kubernetes,
    log: context.log,
    watches: [{ ...selector, concerns: itself }],
    async reconcile(key) {
      const namespace = await kubernetes.get(refOfKey(selector, key));
      if (!namespace || namespace.metadata.deletionTimestamp) return;
      await kubernetes.apply(account(key));
    },
  });
}
