import type { DatabaseSpec } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Blueprint,
  Manifest,
  Observed,
  Platform,
  Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { completePlatform } from './platform';

/** What earlier stages have found out. */
export const observed: Observed = {
  gatewayAddresses: [{ type: 'IPAddress', value: '203.0.113.10' }],
  secretHashes: { 'orders-superuser': 'abc123', 'orders-app': 'def456' },
};

type Changes = Record<string, unknown>;

/** Looks at the stages of a blueprint. @param exampleSpec - a complete spec with these changes */
export function lookAt<Spec extends DatabaseSpec>(
  blueprint: Blueprint<Spec>,
  exampleSpec: (changes: Changes) => Spec,
) {
  /** The stages of a spec with these changes. */
  const stagesOf = (
    changes: Changes = {},
    platform: Platform = completePlatform,
  ): Stage[] => blueprint.stages(exampleSpec(changes), platform);

  /** One stage of a spec with these changes. */
  const stageOf = (
    name: string,
    changes: Changes = {},
    platform: Platform = completePlatform,
  ): Stage => {
    const stage = stagesOf(changes, platform).find(s => s.name === name);
    if (!stage) throw new Error(`There is no stage "${name}"`);
    return stage;
  };

  /** All manifests of a spec with these changes. */
  const manifestsOf = (
    changes: Changes = {},
    platform: Platform = completePlatform,
  ): Manifest[] =>
    stagesOf(changes, platform).flatMap(stage => stage.manifests(observed));

  /** The one manifest of a kind (and name). */
  const manifestOf = (
    kind: string,
    changes: Changes = {},
    name?: string,
    platform: Platform = completePlatform,
  ): Manifest => {
    const found = manifestsOf(changes, platform).filter(
      manifest =>
        manifest.kind === kind && (!name || manifest.metadata.name === name),
    );
    if (found.length !== 1) {
      throw new Error(`There are ${found.length} manifests of kind ${kind}`);
    }
    return found[0];
  };

  return { stagesOf, stageOf, manifestsOf, manifestOf };
}
