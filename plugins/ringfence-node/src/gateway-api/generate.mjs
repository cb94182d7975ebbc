// Makes generated/ from the CRDs of the Gateway API:
//
//   go mod download -json sigs.k8s.io/gateway-api@v1.6.1   # prints Dir
//   npx @kubernetes-models/crd-generate@5 --input <Dir>/config/crd/standard/gateway.networking.k8s.io_<plural>.yaml ... --output <out>
//   node generate.mjs <Dir>/config/crd/standard <out>
//
// Of what crd-generate writes only the interfaces are kept: its validators are
// ESM alone, which the backend cannot load, so tests validate against the
// CRDs' own schemas instead.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// The repository has it; the package itself needs none.
// eslint-disable-next-line @backstage/no-undeclared-imports
import { parse } from 'yaml';

const [crdFolder, generatedFolder] = process.argv.slice(2);
const here = fileURLToPath(new URL('.', import.meta.url));
const KINDS = [
  ['gateways', 'Gateway', 'v1'],
  ['tcproutes', 'TCPRoute', 'v1'],
  ['tlsroutes', 'TLSRoute', 'v1'],
  ['httproutes', 'HTTPRoute', 'v1'],
];

function interfaceOf(kind, version) {
  const path = `gateway.networking.k8s.io/${version}/${kind}.ts`;
  const source = readFileSync(join(generatedFolder, path), 'utf8');
  const begin = source.indexOf('/**');
  const end = source.lastIndexOf(
    '/**',
    source.indexOf(`export class ${kind} `),
  );
  return [
    '/* eslint-disable */',
    '// Made by generate.mjs; do not edit.',
    "import type { ObjectMeta as IObjectMeta } from '../../kubernetes';",
    '',
    source.slice(begin, end).trimEnd(),
    '',
  ].join('\n');
}

function schemaOf(plural, version) {
  const file = `gateway.networking.k8s.io_${plural}.yaml`;
  const crd = parse(readFileSync(join(crdFolder, file), 'utf8'));
  const { schema } = crd.spec.versions.find(({ name }) => name === version);
  return JSON.stringify(
    schema.openAPIV3Schema,
    // CEL rules and descriptions are nothing to a JSON Schema validator.
    (key, value) =>
      key.startsWith('x-kubernetes') ||
      (key === 'description' && typeof value === 'string')
        ? undefined
        : value,
  );
}

mkdirSync(join(here, 'generated'), { recursive: true });

for (const [plural, kind, version] of KINDS) {
  writeFileSync(join(here, `generated/${kind}.ts`), interfaceOf(kind, version));
  writeFileSync(
    join(here, `generated/${kind}.schema.json`),
    `${schemaOf(plural, version)}\n`,
  );
}
