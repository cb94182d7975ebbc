/**
 * A string literal of JSON, which is one of JavaScript, Python, Go and HOCON,
 * too: all four know JSON's escapes and take every other character as it is.
 */
export function stringLiteral(text: string): string {
  return JSON.stringify(text);
}

/** One word of a POSIX shell, whatever it holds. */
export function shellWord(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}

/**
 * A value of an INI file as Python's configparser reads it. It knows no
 * escapes, so what it would read as something else is refused.
 *
 * @throws Error
 */
export function iniValue(text: string): string {
  if (!/^[^\s%;#]+$/.test(text)) {
    throw new Error(`"${text}" cannot be written as a value of an INI file`);
  }
  return text;
}

/** Text inside of a line comment of any of the languages: it may not end the line. */
export function commentText(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, ' ');
}

/** Text in Markdown as code; back quotes in it are left out. */
export function markdownCode(text: string): string {
  return `\`${commentText(text).replace(/`/g, '')}\``;
}
