/** A JSON Schema, as far as forms know it. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly writeOnly?: boolean;
  readonly format?: string;
  readonly [keyword: string]: unknown;
}

/** What a form takes over as it is. */
const KEPT = [
  'type',
  'title',
  'description',
  'default',
  'enum',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
];

/** Names of fields that would hold a secret. */
const SECRET = /(password|passphrase|secret|token|private_?key)$/i;

/**
 * Whether a field would hold a secret. What is typed into a form is stored and
 * shown with the task, so no form asks for one.
 */
export function isSecret(name: string, schema: JsonSchema): boolean {
  if (schema.writeOnly || schema.format === 'password') return true;
  return schema.type === 'string' && SECRET.test(name);
}

/** "Class name" for `className`. */
export function titleOf(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_]+/g, ' ')
    .trim()
    .toLocaleLowerCase('en-US');
  return words.charAt(0).toLocaleUpperCase('en-US') + words.slice(1);
}

/** A field of the form for a field of a spec. */
export function formField(name: string, schema: JsonSchema): JsonSchema {
  const { properties, items, anyOf, additionalProperties } = schema;
  const kept = Object.fromEntries(
    KEPT.filter(keyword => schema[keyword] !== undefined).map(keyword => [
      keyword,
      schema[keyword],
    ]),
  );
  return {
    title: titleOf(name),
    ...kept,
    // A form can offer one value, but knows no constants.
    ...('const' in schema && { enum: [schema.const], default: schema.const }),
    ...(properties && objectPart(schema)),
    ...(items && { items: withoutTitle(formField('', items)) }),
    ...(anyOf && { anyOf: anyOf.map(option => optionOf(option)) }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: withoutTitle(formField('', additionalProperties)),
    }),
  };
}

/** The properties of an object, without those that a form must not ask for. */
export function objectPart(
  { properties = {}, required = [] }: JsonSchema,
  leftOut: (name: string, field: JsonSchema) => boolean = isSecret,
): JsonSchema {
  const shown = Object.entries(properties).filter(
    ([name, field]) => !leftOut(name, field),
  );
  const names = shown.map(([name]) => name);
  const needed = required.filter(name => names.includes(name));
  return {
    ...(needed.length > 0 && { required: needed }),
    properties: Object.fromEntries(
      shown.map(([name, field]) => [name, formField(name, field)]),
    ),
  };
}

function optionOf(option: JsonSchema): JsonSchema {
  const type = Array.isArray(option.type) ? option.type[0] : option.type;
  return formField(String(option.title ?? type ?? 'value'), option);
}

function withoutTitle({ title, ...field }: JsonSchema): JsonSchema {
  return title ? { ...field, title } : field;
}
