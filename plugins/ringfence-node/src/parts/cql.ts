/** A name in CQL, whatever is in it. */
export function quoteIdentifier(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}

/** A text in CQL, whatever is in it. */
export function quoteText(text: string): string {
  return `'${text.replace(/'/g, "''")}'`;
}
