import { cassandraSidecar } from '.';
import { templateContract } from '../__testUtils__/templateContract';
import { exampleSpec, required } from './__fixtures__/spec';
import { RELEASE_LINES } from './versions';

describe('the template of a Cassandra ring with sidecars', () => {
  templateContract({
    blueprint: cassandraSidecar,
    required,
    exampleSpec,
    releaseLines: RELEASE_LINES,
    pages: ['Database', 'Ring', 'Access', 'Certificate'],
  });
});
