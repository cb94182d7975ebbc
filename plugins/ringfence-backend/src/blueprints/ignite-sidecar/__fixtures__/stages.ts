import { igniteSidecar } from '..';
import { lookAt } from '../../__fixtures__/stages';
import { exampleSpec } from './spec';

export { observed } from '../../__fixtures__/stages';

export const { stagesOf, stageOf, manifestsOf, manifestOf } = lookAt(
  igniteSidecar,
  exampleSpec,
);
