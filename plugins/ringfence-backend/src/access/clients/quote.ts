/**
 * A string literal of JSON, which is one of JavaScript, Python, Go, C#, YAML and
 * HOCON, too: all know JSON's escapes and take every other character as it is.
 */
export function stringLiteral(text: string): string {
  return JSON.stringify(text);
}

/** A string literal of Rust, whose escapes for characters by number are its own. */
export function rustLiteral(text: string): string {
  const escaped = text.replace(/["\\\p{Cc}]/gu, character =>
    /["\\]/.test(character)
      ? `\\${character}`
      : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  return `"${escaped}"`;
}

/**
 * A name, address or address with port that a proxy's configuration takes as
 * one word; what could be anything else there is refused.
 *
 * @throws Error
 */
export function plainWord(text: string): string {
  if (!/^[A-Za-z0-9._:[\]-]+$/.test(text)) {
    throw new Error(
      `"${text}" cannot be written into the configuration of a proxy`,
    );
  }
  return text;
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
