/* eslint-disable jest/no-export -- a suite that the tests of blueprints share */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Blueprint,
  ReleaseLine,
} from '@ringfence/backstage-plugin-ringfence-node';
import { parse } from 'yaml';
import { takeSecrets } from '../takeSecrets';

export interface TemplateContractOptions {
  readonly blueprint: Blueprint<any>;
  /** The fields that nothing can be preset for. */
  readonly required: Record<string, unknown>;
  /** A complete spec with these changes. */
  readonly exampleSpec: (changes: Record<string, unknown>) => unknown;
  /** Of the field `version`; absent: the form has none, and the newest is taken. */
  readonly releaseLines?: readonly ReleaseLine[];
  /** Title of the page on the nodes. @default Ring */
  readonly nodes?: string;
  /** Titles of all pages. @default Database, that on the nodes, Access */
  readonly pages?: readonly string[];
  /** What else a value at this path needs. @default what rings behind a gateway need */
  readonly besides?: (path: string) => Record<string, unknown>;
}

function readTemplate(kind: string) {
  const file = join(
    __dirname,
    `../../../../../templates/${kind}/template.yaml`,
  );
  return parse(readFileSync(file, 'utf8'));
}

interface FormSchema {
  readonly type?: string;
  readonly title?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly enumNames?: readonly string[];
  readonly properties?: Readonly<Record<string, FormSchema>>;
  readonly dependencies?: Readonly<
    Record<string, { readonly oneOf: readonly FormSchema[] }>
  >;
  readonly items?: FormSchema;
}

/** Each field of the form that is no group, with its path. */
function formFields(schema: FormSchema, path = ''): [string, FormSchema][] {
  const dependent = Object.values(schema.dependencies ?? {}).flatMap(
    ({ oneOf }) => oneOf,
  );
  const groups = [schema, ...dependent].flatMap(({ properties = {} }) =>
    Object.entries(properties),
  );
  return groups.flatMap(([name, field]): [string, FormSchema][] => {
    const fieldPath = path ? `${path}.${name}` : name;
    // Without a type it repeats another field, as the condition of a branch.
    if (!field.type) return [];
    return field.type === 'object'
      ? formFields(field, fieldPath)
      : [[fieldPath, field]];
  });
}

/** A value at a path such as `access.exposure`. */
function valueAt(object: any, path: string): unknown {
  return path.split('.').reduce((value, key) => value?.[key], object);
}

function besidesOfGateway(path: string): Record<string, unknown> {
  return {
    access: { exposure: path.endsWith('acceptPlaintext') ? 'tcp' : 'tls' },
    certificate: {
      issuer: path.endsWith('issuer.name')
        ? { kind: 'ClusterIssuer' }
        : { kind: 'self-signed' },
    },
  };
}

/** A spec with one value at a path; what else that value needs is there too. */
function specWith(
  { required, besides = besidesOfGateway }: TemplateContractOptions,
  path: string,
  value: unknown,
): Record<string, unknown> {
  const base: Record<string, any> = {
    ...required,
    profile: path.startsWith('resources.') ? 'production' : 'dev',
    ...besides(path),
  };
  const keys = path.split('.');
  const last = keys.pop()!;
  let target = base;
  for (const key of keys) target = target[key] ??= {};
  target[last] = value;
  return base;
}

/** The leaves of the step's input, with their paths. */
function inputFields(input: object, path = ''): [string, string][] {
  return Object.entries(input).flatMap(([name, value]): [string, string][] => {
    const fieldPath = path ? `${path}.${name}` : name;
    return typeof value === 'string'
      ? [[fieldPath, value]]
      : inputFields(value, fieldPath);
  });
}
/** What the wizard's template of a blueprint must be like. */
export function templateContract(options: TemplateContractOptions): void {
  const { blueprint, exampleSpec, releaseLines, nodes = 'Ring' } = options;
  const titles = options.pages ?? ['Database', nodes, 'Access'];
  const secretFields = blueprint.secretFields ?? [];
  const template = readTemplate(blueprint.kind);
  const pages: FormSchema[] = template.spec.parameters;
  const fields = pages.flatMap(page => formFields(page));
  const [step] = template.spec.steps;
  const inputs = inputFields(step.input);
  const refusal = (path: string, value: unknown) =>
    blueprint.schema.safeParse(
      takeSecrets(specWith(options, path, value), blueprint).spec,
    ).error?.issues;

  it('asks for no more on a page than can be read at a glance', () => {
    expect(pages.map(({ title }) => title)).toEqual(titles);
    for (const page of pages) {
      expect(formFields(page).length).toBeLessThanOrEqual(9);
    }
  });

  it.each(fields)('has in "%s" a field of the spec', (path, field) => {
    const samples: Record<string, unknown> = {
      boolean: true,
      integer: 5,
      array: [],
    };
    const value = field.default ?? field.enum?.[0] ?? samples[field.type!];
    const text = {
      owner: 'user:default/guest',
      'storage.className': 'fast-xfs',
      'access.hostname': 'orders.example.com',
    };
    const sample = value ?? text[path as keyof typeof text] ?? 'sample';
    expect(refusal(path, sample)).toBeUndefined();
  });

  it.each(fields.filter(([, field]) => field.default !== undefined))(
    'presets "%s" as the spec does',
    (path, field) => {
      const profile = path.startsWith('resources.') ? 'production' : 'dev';
      expect(field.default).toEqual(valueAt(exampleSpec({ profile }), path));
    },
  );

  it.each(fields.filter(([, field]) => field.enum))(
    'offers in "%s" only what the spec takes, each with words for it',
    (path, field) => {
      expect(field.enumNames).toHaveLength(field.enum!.length);
      for (const value of field.enum!) {
        const unlike = refusal(path, value)?.filter(
          issue => issue.path.join('.') === path,
        );
        expect(unlike ?? []).toEqual([]);
      }
    },
  );

  (releaseLines ? it : it.skip)(
    'offers the newest patch of every known release line',
    () => {
      const [, version] = fields.find(([path]) => path === 'version')!;
      expect([...version.enum!].sort()).toEqual(
        releaseLines!.map(({ latest }) => latest).sort(),
      );
    },
  );

  it('says in a line when to choose it, as the blueprint does', () => {
    expect(template.metadata.description).toBe(blueprint.description);
  });

  it('explains every field', () => {
    expect(fields.map(([, field]) => field.title)).not.toContain(undefined);
  });

  it('picks owner and Kubernetes cluster with fields made for it', () => {
    expect(pages[0].properties).toMatchObject({
      owner: { 'ui:field': 'OwnerPicker' },
      kubernetesCluster: { 'ui:field': 'RingfenceKubernetesClusterPicker' },
    });
  });

  const parameters = inputs.filter(
    ([path]) => path !== 'blueprint' && !secretFields.includes(path),
  );
  it.each(parameters)(
    'hands "%s" over in one expression, so that no character in it is special',
    (path, expression) => {
      expect(expression).toMatch(/^\$\{\{ [^{}]*(\{[^{}]*\} )?\}\}$/);
      expect(expression).toMatch(
        new RegExp(`^\\$\\{\\{ parameters\\.${path.replace(/\./g, '\\.')} `),
      );
    },
  );

  it('keeps secrets out of the parameters, which are stored with the task', () => {
    for (const path of secretFields) {
      const [, field] = fields.find(([name]) => name === path)!;
      expect(field).toMatchObject({ 'ui:field': 'Secret' });
      const [, expression] = inputs.find(([name]) => name === path)!;
      const name = path.split('.').pop();
      expect(expression).toMatch(new RegExp(`^\\$\\{\\{ secrets\\.${name} `));
    }
  });

  it('hands over every field of the form', () => {
    const given = inputs.map(([path]) => path);
    for (const [path] of fields) {
      expect([
        path,
        given.some(name => path === name || path.startsWith(`${name}.`)),
      ]).toEqual([path, true]);
    }
  });

  it('has one step, registers nothing itself and links to the entity', () => {
    expect(template.spec.steps).toHaveLength(1);
    expect(step).toMatchObject({
      id: 'provision',
      action: 'ringfence:database:provision',
      input: { blueprint: blueprint.kind },
    });
    expect(template.spec.output.links[0].entityRef).toBe(
      '${{ steps.provision.output.entityRef }}',
    );
  });
}
