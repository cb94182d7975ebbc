/** What names of roles are made of: one that only begins like it is another. */
const WORD = '[\\w-]';

/**
 * A file of the bundle for another role than the one that it was made for.
 *
 * @param from - the role that it names; where there is none, it stays as it is
 */
export function withRole(
  text: string,
  from: string | undefined,
  to: string | undefined,
): string {
  if (!from || !to || from === to) return text;
  const literal = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(
    new RegExp(`(?<!${WORD})${literal}(?!${WORD})`, 'g'),
    () => to,
  );
}
