/** Longest value that is shown; what is longer is cut. */
const MAX_VALUE_LENGTH = 200;

/** What stands for a value that nobody is shown. */
export const HIDDEN = '[hidden]';

/** A field, a variable or an option that is likely to hold what must stay secret. */
const CONFIDENTIAL =
  /pass(?:word|wd|phrase)|secret|token|credential|api[-_.]?key/i;
/** One that only says where that is kept, such as `secretName` or `passwordSecretRef`. */
const REFERENCE = /(names?|refs?|template|hash)$/i;
/** The same within a text: `--password=...`, `token: ...`. */
const IN_TEXT = new RegExp(
  `([\\w.-]*(?:${CONFIDENTIAL.source})[\\w.-]*["']?\\s*[=:]\\s*|--[\\w-]*(?:${CONFIDENTIAL.source})[\\w-]*\\s+)("[^"]*"|'[^']*'|[^\\s,;"']+)`,
  'gi',
);
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/**
 * A field's value as it is shown, without what must stay secret: anybody may
 * have written anything into a field.
 *
 * @param names - of the fields and items that lead to it, outermost first
 */
export function valueText(names: readonly string[], value: unknown): string {
  if (names.some(isConfidential) && typeof value !== 'boolean') return HIDDEN;
  const shown = withoutSecrets(value);
  const text = typeof shown === 'string' ? shown : JSON.stringify(shown);
  return text.length > MAX_VALUE_LENGTH
    ? `${text.slice(0, MAX_VALUE_LENGTH)}...`
    : text;
}

function isConfidential(name: string): boolean {
  return CONFIDENTIAL.test(name) && !REFERENCE.test(name);
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return textWithoutSecrets(value);
  if (Array.isArray(value)) {
    return value.map((item, i) =>
      isOption(value[i - 1]) ? HIDDEN : withoutSecrets(item),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  const { name } = value as { name?: unknown };
  const isNamed = typeof name === 'string' && isConfidential(name);
  const entries = Object.entries(value).map(([field, inner]) => {
    const hides =
      typeof inner !== 'boolean' &&
      (isConfidential(field) || (isNamed && field === 'value'));
    return [field, hides ? HIDDEN : withoutSecrets(inner)];
  });
  return Object.fromEntries(entries);
}

/** Whether an argument of a command says that the next one is to stay secret: `--password`. */
function isOption(argument: unknown): boolean {
  return (
    typeof argument === 'string' &&
    /^--?[\w-]+$/.test(argument) &&
    isConfidential(argument)
  );
}

function textWithoutSecrets(text: string): string {
  if (PRIVATE_KEY.test(text)) return HIDDEN;
  return text.replace(IN_TEXT, `$1${HIDDEN}`);
}
