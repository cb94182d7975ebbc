import { parseEntityRef } from '@backstage/catalog-model';
import { humanizeEntityRef } from '@backstage/plugin-catalog-react';

/** An owner's name for people, as short as it is unmistakable. */
export function ownerName(owner: string): string {
  try {
    return humanizeEntityRef(parseEntityRef(owner), { defaultKind: 'group' });
  } catch {
    // Whoever wrote the annotation may have written anything.
    return owner;
  }
}
