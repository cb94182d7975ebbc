import { openExistingCluster, type ExistingCluster } from '../../src/existing';

/** The Kubernetes cluster that `npm run e2e -- --kubeconfig FILE --context NAME` has looked at. */
export function existingCluster(): ExistingCluster {
  const file = process.env.E2E_KUBECONFIG;
  if (!file) {
    throw new Error(
      'These tests run with npm run e2e -- --kubeconfig FILE --context NAME',
    );
  }
  return openExistingCluster(file);
}
