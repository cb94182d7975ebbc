import type {
  Manifest,
  Observed,
  Platform,
  Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { completePlatform } from '../../__fixtures__/platform';
import { scylladbAmbient } from '..';
import { exampleSpec } from './spec';

/** What earlier stages have found out. */
export const observed: Observed = {
  gatewayAddresses: [{ type: 'IPAddress', value: '203.0.113.10' }],
  secretHashes: { 'orders-superuser': 'abc123', 'orders-app': 'def456' },
};

/** The stages of a spec with these changes. */
export function stagesOf(
  changes: Record<string, unknown> = {},
  platform: Platform = completePlatform,
): Stage[] {
  return scylladbAmbient.stages(exampleSpec(changes), platform);
}

/** One stage of a spec with these changes. */
export function stageOf(
  name: string,
  changes: Record<string, unknown> = {},
  platform: Platform = completePlatform,
): Stage {
  const stage = stagesOf(changes, platform).find(s => s.name === name);
  if (!stage) throw new Error(`There is no stage "${name}"`);
  return stage;
}

/** All manifests of a spec with these changes. */
export function manifestsOf(
  changes: Record<string, unknown> = {},
  platform: Platform = completePlatform,
): Manifest[] {
  return stagesOf(changes, platform).flatMap(stage =>
    stage.manifests(observed),
  );
}

/** The one manifest of a kind (and name). */
export function manifestOf(
  kind: string,
  changes: Record<string, unknown> = {},
  name?: string,
): Manifest {
  const found = manifestsOf(changes).filter(
    manifest =>
      manifest.kind === kind && (!name || manifest.metadata.name === name),
  );
  if (found.length !== 1) {
    throw new Error(`There are ${found.length} manifests of kind ${kind}`);
  }
  return found[0];
}
