import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import { headingOf } from './documentation';

/** A blueprint that asks more than what is asked about every database. */
export interface BlueprintChecks {
  /** Of the blueprint. */
  readonly title: string;
  /** Name of its page in `docs/blueprints`. */
  readonly kind: string;
  readonly checks: readonly Check[];
}

/**
 * The document of all checks, made from what they say of themselves.
 *
 * @param own - what blueprints ask besides `checks`
 */
export function checksDocument(
  checks: readonly Check[],
  own: readonly BlueprintChecks[] = [],
): string {
  const ownText = own.map(
    ({ title, kind, checks: asked }) => `# ${title}: checks of its own

Asked about databases of the blueprint [${title}](blueprints/${kind}.md) only, besides those above.

${asked.map(section).join('\n')}`,
  );
  return `# Checks

Every database is asked these questions. Each answers with a status (ok, warning, failing or unknown), a reason out of its list, a sentence, evidence and, where something is to be done, a remedy with the exact next command. A question that has nothing to do with a database, such as one on sidecars where there are none, stays without an answer. A blueprint may add checks of its own: they stand at the end.

What differs from the manifests of the stored spec belongs to the part of the fence that the object is of: a Certificate to \`certificate.drift\`, a policy to \`mesh.drift\`, a route to \`gateway.drift\`, a Secret to \`access.drift\`, all else to \`ring.drift\`.

This file is made from the checks: \`yarn workspace @ringfence/backstage-plugin-ringfence-backend docs:checks\` writes it anew.

${[checks.map(section).join('\n'), ...ownText].join('\n')}`;
}

function section({ id, title, category, reasons }: Check): string {
  const parts = Object.entries(reasons).map(
    ([reason, meaning]) => `### ${headingOf(id, reason)}

${meaning}
`,
  );
  return `## ${id}

${title}. Part of the fence: ${category}.

${parts.join('\n')}`;
}
