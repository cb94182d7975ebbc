import type {
  Manifest,
  Plan,
} from '@ringfence/backstage-plugin-ringfence-node';
import { stringify } from 'yaml';

/** A file to write. */
export interface RenderedFile {
  readonly name: string;
  readonly text: string;
}

/**
 * A plan as files: one a stage, numbered in the order in which they are to be
 * applied, and a README.md. No Secret is among them.
 */
export function renderFiles(
  plan: Plan,
  spec: { name: string; namespace: string },
): RenderedFile[] {
  const files = plan.stages.flatMap((stage, index) => {
    const manifests = stage.manifests.filter(({ kind }) => kind !== 'Secret');
    if (manifests.length === 0) return [];
    return [{ name: fileName(index, stage.name), text: toYaml(manifests) }];
  });
  return [...files, { name: 'README.md', text: readme(plan, spec) }];
}

function fileName(index: number, stage: string): string {
  const number = String(index + 1).padStart(2, '0');
  return `${number}-${stage.replace(/[^a-z0-9-]/gi, '-')}.yaml`;
}

function toYaml(manifests: readonly Manifest[]): string {
  return manifests
    .map(manifest => stringify(manifest, { aliasDuplicateObjects: false }))
    .join('---\n');
}

function readme(
  plan: Plan,
  { name, namespace }: { name: string; namespace: string },
): string {
  const secrets = plan.stages.flatMap(stage => stage.secrets);
  const steps = plan.stages.map((stage, index) =>
    [
      `${index + 1}. ${stage.title}`,
      ...stage.secrets.map(secret => `   - needs Secret \`${secret}\``),
      ...stage.actions.map(action => `   - then: ${action}`),
      ...stage.waits.map(wait => `   - wait for ${wait}`),
    ].join('\n'),
  );
  const parts = [
    `# Database ${name}`,
    `The manifests of a fenced database in namespace \`${namespace}\`, one file a stage. Apply them in the order of their numbers: a later stage needs what an earlier one waits for.`,
    '## Secrets',
    secrets.length === 0
      ? 'This database needs no Secret that is not made by cert-manager.'
      : `These Secrets are not in here, and must not be: ${secrets
          .map(secret => `\`${secret}\``)
          .join(
            ', ',
          )}. Ringfence generates them in the Kubernetes cluster when it provisions with the same spec, once, and never overwrites them. Whoever delivers without Ringfence creates them first, in namespace \`${namespace}\`.`,
    '## Stages',
    steps.join('\n'),
    ...(plan.notes.length > 0
      ? ['## Notes', plan.notes.map(note => `- ${note}`).join('\n')]
      : []),
    `Checked by: ${plan.checkedBy}`,
  ];
  return `${parts.join('\n\n')}\n`;
}
