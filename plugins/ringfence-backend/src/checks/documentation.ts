import type { Check } from '@ringfence/backstage-plugin-ringfence-node';

/** Ringfence's own page of checks, as its documents are published. */
const CHECKS_PAGE = 'checks/';

/** Every report names all of its reasons. */
const anchors = new Map<string, string>();

/**
 * Where a reason is explained: the page that a check of somebody else names,
 * or this reason's anchor on Ringfence's own page, relative to its documents.
 */
export function documentationOf(
  { id, documentation }: Pick<Check, 'id' | 'documentation'>,
  reason: string,
): string {
  return documentation ?? `${CHECKS_PAGE}#${anchorOf(id, reason)}`;
}

/** The heading of a reason on the page of checks. */
export function headingOf(id: string, reason: string): string {
  return `${id}: ${reason}`;
}

/** What Markdown makes of that heading, on GitHub as in TechDocs: lower case, dots and colons left out, blanks as hyphens. */
export function anchorOf(id: string, reason: string): string {
  const heading = headingOf(id, reason);
  const anchor =
    anchors.get(heading) ??
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s+/g, '-');
  anchors.set(heading, anchor);
  return anchor;
}
