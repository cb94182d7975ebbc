import { k8ssandra } from '.';
import { templateContract } from '../__testUtils__/templateContract';
import { exampleSpec, required } from './__fixtures__/spec';
import { RELEASE_LINES } from './versions';

/** The kind of issuer that a field of one is asked for with. */
function issuerFor(path: string, side: string) {
  if (!path.startsWith(`tls.${side}.issuer.`)) return {};
  const kind = path.endsWith('.secret') ? 'bring-your-own' : 'ClusterIssuer';
  return path.endsWith('.kind') ? {} : { issuer: { kind } };
}

describe('the template of a ring of K8ssandra', () => {
  templateContract({
    blueprint: k8ssandra,
    required,
    exampleSpec,
    releaseLines: RELEASE_LINES,
    besides: path => ({
      tls: {
        client: issuerFor(path, 'client'),
        internode: issuerFor(path, 'internode'),
      },
    }),
  });
});
