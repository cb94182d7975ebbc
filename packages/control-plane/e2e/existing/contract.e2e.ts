import { kubernetesClusterContract } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import { applyWith, describeSchemas } from '../support/contract';
import { kubeletsAreReal, startEchoPod } from '../support/echoPod';
import { existingCluster } from '../support/existing';

jest.setTimeout(300_000);

const { kubernetes, kubeconfig, kubectl } = existingCluster();
const withPods = kubeletsAreReal(kubeconfig);
if (!withPods) {
  process.stderr.write(
    'contract: left out exec and port-forward, since kwok plays the kubelets there\n',
  );
}

kubernetesClusterContract(
  'an existing Kubernetes cluster',
  async () => ({
    kubernetes,
    applyAs: applyWith(() => kubectl),
    startPod: namespace => startEchoPod(kubectl, namespace),
    teardown: async () => {},
  }),
  { withPods },
);

describeSchemas(() => kubernetes);
