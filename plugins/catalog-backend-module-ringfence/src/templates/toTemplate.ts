import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  type Entity,
} from '@backstage/catalog-model';
import {
  BLUEPRINT_ANNOTATION,
  type BlueprintSummary,
} from '@ringfence/backstage-plugin-ringfence-common';
import { createHash } from 'node:crypto';
import { formField, isSecret, titleOf, type JsonSchema } from './formFields';

/** The action that every template of a database has as a step. */
export const PROVISION_ACTION = 'ringfence:database:provision';

/** Where an entity that this module made says it is from. */
export const BLUEPRINT_LOCATION = 'ringfence:blueprint/';

/** Fields that every spec has; they are asked for in the same way everywhere. */
const COMMON_FIELDS = ['name', 'owner', 'kubernetesCluster', 'namespace'];
/** Not asked for: there is one answer. */
const FIXED_FIELDS = ['apiVersion', 'blueprint'];
const MAX_NAME_LENGTH = 63;
const DNS_LABEL = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';

const OUTPUT = {
  links: [
    {
      title: 'Open the database',
      icon: 'catalog',
      entityRef: '${{ steps.provision.output.entityRef }}',
    },
  ],
  text: [
    {
      title: 'Database',
      content:
        '`${{ steps.provision.output.database }}` is ready. Its page has the report on its fence and the connection bundle.\n',
    },
  ],
};

/** The catalog's template for databases of a blueprint, made from the schema of its spec. */
export function toTemplate(
  { kind, title, description, schema }: BlueprintSummary,
  options: { readonly owner?: string } = {},
): Entity {
  const location = `${BLUEPRINT_LOCATION}${kind}`;
  const own = ownFields(schema as JsonSchema);
  return {
    apiVersion: 'scaffolder.backstage.io/v1beta3',
    kind: 'Template',
    metadata: {
      name: nameOf(kind),
      title,
      description,
      tags: ['database', 'ringfence'],
      annotations: {
        [ANNOTATION_LOCATION]: location,
        [ANNOTATION_ORIGIN_LOCATION]: location,
        [BLUEPRINT_ANNOTATION]: kind,
      },
    },
    spec: {
      ...(options.owner && { owner: options.owner }),
      type: 'database',
      parameters: [commonPage(kind), ...ownPages(own)] as never,
      steps: [step(kind, own)] as never,
      output: OUTPUT as never,
    },
  };
}

interface Field {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** What a spec of this blueprint has besides the common fields. */
function ownFields({ properties = {}, required = [] }: JsonSchema): Field[] {
  return Object.entries(properties)
    .filter(([name]) => ![...COMMON_FIELDS, ...FIXED_FIELDS].includes(name))
    .filter(([name, schema]) => !isSecret(name, schema))
    .map(([name, schema]) => ({
      name,
      schema,
      required: required.includes(name),
    }));
}

function commonPage(kind: string) {
  return {
    title: 'Database',
    description: 'What it is called, whose it is and where it runs',
    required: COMMON_FIELDS,
    properties: {
      name: {
        title: 'Name',
        type: 'string',
        description:
          'Its objects in Kubernetes begin with it. Lower-case letters, digits and "-", 40 at most',
        pattern: DNS_LABEL,
        maxLength: 40,
        'ui:autofocus': true,
        'ui:placeholder': 'orders',
      },
      owner: {
        title: 'Owner',
        type: 'string',
        description:
          'May see its report, download its connection bundle and decommission it. You must be, or belong to, the owner',
        'ui:field': 'OwnerPicker',
        'ui:options': {
          catalogFilter: { kind: ['Group', 'User'] },
          allowArbitraryValues: false,
        },
      },
      kubernetesCluster: {
        title: 'Kubernetes cluster',
        type: 'string',
        description:
          'One that lacks something says what, and the command that mends it',
        'ui:field': 'RingfenceKubernetesClusterPicker',
        'ui:options': { blueprint: kind },
      },
      namespace: {
        title: 'Namespace',
        type: 'string',
        description:
          "Made for this database alone, so it must not exist yet. Usually the database's name",
        pattern: DNS_LABEL,
        maxLength: 63,
        'ui:placeholder': 'orders',
      },
    },
  };
}

/** One page for the single fields, and one for each section of the spec. */
function ownPages(fields: readonly Field[]): object[] {
  const sections = fields.filter(isSection);
  const single = fields.filter(field => !isSection(field));
  const settings = single.length > 0 ? [page('Settings', single)] : [];
  return [
    ...settings,
    ...sections.map(field =>
      page(field.schema.title ?? titleOf(field.name), [field]),
    ),
  ];
}

function page(title: string, fields: readonly Field[]): object {
  const required = fields
    .filter(field => field.required)
    .map(({ name }) => name);
  return {
    title,
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(
      fields.map(field => [field.name, pageField(field)]),
    ),
  };
}

/** A form gives an empty object for a section that nobody touched: then nothing in it may be missing. */
function pageField(field: Field): object {
  const { required, ...shown } = formField(field.name, field.schema);
  return isOptionalSection(field)
    ? shown
    : { ...shown, ...(required && { required }) };
}

function isSection({ schema }: Field): boolean {
  return schema.type === 'object' && schema.properties !== undefined;
}

function isOptionalSection(field: Field): boolean {
  return (
    isSection(field) &&
    !field.required &&
    (field.schema.required ?? []).length > 0
  );
}

/** Each value is one expression: it is handed over as it is, whatever characters are in it. */
function step(kind: string, fields: readonly Field[]) {
  const names = [...COMMON_FIELDS, ...fields.map(({ name }) => name)];
  const plain = names.map(name => [name, `\${{ ${parameter(name)} }}`]);
  // Left out where what it needs is not filled in.
  const optional = fields.filter(isOptionalSection).map(({ name, schema }) => {
    const needed = schema.required!.map(
      inner => `${parameter(name)}${access(inner)}`,
    );
    return [
      name,
      `\${{ ${parameter(name)} if ${needed.join(' and ')} else undefined }}`,
    ];
  });
  return {
    id: 'provision',
    name: 'Create the database',
    action: PROVISION_ACTION,
    input: { blueprint: kind, ...Object.fromEntries([...plain, ...optional]) },
  };
}

function parameter(name: string): string {
  return `parameters${access(name)}`;
}

function access(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** Another name than hand-made templates have: two sources of one entity are a conflict. */
function nameOf(kind: string): string {
  const name = `ringfence-blueprint-${kind}`.replace(/[^A-Za-z0-9-_.]/g, '-');
  if (name.length <= MAX_NAME_LENGTH && name.endsWith(kind)) return name;
  const hash = createHash('sha256').update(kind).digest('hex').slice(0, 8);
  return `${name.slice(0, MAX_NAME_LENGTH - hash.length - 1)}-${hash}`;
}
