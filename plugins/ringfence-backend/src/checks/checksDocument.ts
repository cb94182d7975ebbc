import type { Check } from '@ringfence/backstage-plugin-ringfence-node';

/** The document of all checks, made from what they say of themselves. */
export function checksDocument(checks: readonly Check[]): string {
  return `# Checks

Every database is asked these questions. Each answers with a status (ok, warning, failing or unknown), a reason out of its list, a sentence, evidence and, where something is to be done, a remedy. A blueprint may add checks of its own.

This file is made from the checks: \`yarn workspace @ringfence/backstage-plugin-ringfence-backend docs:checks\` writes it anew.

${checks.map(section).join('\n')}`;
}

function section({ id, title, category, reasons }: Check): string {
  const lines = Object.entries(reasons).map(
    ([reason, meaning]) => `- \`${reason}\`: ${meaning}\n`,
  );
  return `## ${id}

${title}. Part of the fence: ${category}.

${lines.join('')}`;
}
