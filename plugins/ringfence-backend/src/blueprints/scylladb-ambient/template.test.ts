import { scylladbAmbient } from '.';
import { templateContract } from '../__testUtils__/templateContract';
import { exampleSpec, required } from './__fixtures__/spec';
import { RELEASE_LINES } from './versions';

describe('the template of a ScyllaDB ring', () => {
  templateContract({
    blueprint: scylladbAmbient,
    required,
    exampleSpec,
    releaseLines: RELEASE_LINES,
    pages: ['Database', 'Ring', 'Access', 'Certificate'],
  });
});
