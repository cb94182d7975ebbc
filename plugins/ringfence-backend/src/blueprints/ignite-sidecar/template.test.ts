import { igniteSidecar } from '.';
import { templateContract } from '../__testUtils__/templateContract';
import { exampleSpec, required } from './__fixtures__/spec';

describe('the template of an Ignite cluster with sidecars', () => {
  templateContract({
    blueprint: igniteSidecar,
    required,
    exampleSpec,
    nodes: 'Cluster',
    besides: path => ({
      product: path.startsWith('gridgain.') ? 'gridgain' : 'ignite',
      ...(path.endsWith('issuer.name') && {
        certificate: { issuer: { kind: 'ClusterIssuer' } },
      }),
    }),
  });
});
