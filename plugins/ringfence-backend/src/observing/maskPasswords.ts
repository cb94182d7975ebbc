/** What stands in the place of a password. */
export const MASKED = '[redacted]';

const PASSWORD_FIELD = /password$/i;
/** Java's way to hand one over: `-Djavax.net.ssl.keyStorePassword=...`. */
const PASSWORD_OPTION = /(-D[\w.]*password=)\S+/gi;
/** Within a text, as errors of operators quote what they were refused: `keystore_password: ...`, `\"keystore_password\":\"...\"`. */
const PASSWORD_IN_TEXT = /(password\\?["']?\s*[:=]\s*\\?["']?)[^\s"'\\,;}]+/gi;

/**
 * The same value without the passwords that operators copy in clear: fields
 * whose name ends with `password`, the same in texts, and Java's options. Where there was one can
 * still be told; what it was cannot.
 */
export function maskPasswords<T>(value: T): T {
  return mask(value) as T;
}

function mask(value: unknown): unknown {
  if (typeof value === 'string') {
    return value
      .replace(PASSWORD_OPTION, `$1${MASKED}`)
      .replace(PASSWORD_IN_TEXT, `$1${MASKED}`);
  }
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      PASSWORD_FIELD.test(name) && typeof field === 'string' && field !== ''
        ? MASKED
        : mask(field),
    ]),
  );
}

/** The same for a document in JSON; one that is none is left out. */
export function maskDocument(text: string): string {
  try {
    return JSON.stringify(maskPasswords(JSON.parse(text)));
  } catch {
    return MASKED;
  }
}
