import * as common from '@ringfence/backstage-plugin-ringfence-common';
import { connectionSchema } from '@ringfence/connection';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { zodToJsonSchema } from 'zod-to-json-schema';
import type { ZodTypeAny } from 'zod/v3';
import { createRouter } from '../router';
import { spec } from './openapi';

const written = parse(readFileSync(join(__dirname, 'openapi.yaml'), 'utf8'));
const { schemas } = written.components;

const shared: Array<[string, ZodTypeAny]> = [
  ['Access', common.accessSchema],
  ['BlueprintSummary', common.blueprintSummarySchema],
  ['BundleFile', common.bundleFileSchema],
  ['CertificateSummary', common.certificateSummarySchema],
  ['Connection', connectionSchema],
  ['ConnectionTestStep', common.connectionTestStepSchema],
  ['ClientCertificateRequest', common.clientCertificateRequestSchema],
  ['IssuedClientCertificate', common.issuedClientCertificateSchema],
  ['NewClientCertificate', common.newClientCertificateSchema],
  ['CredentialRequest', common.credentialRequestSchema],
  ['Credentials', common.credentialsSchema],
  ['IssuedCredential', common.issuedCredentialSchema],
  ['NewCredential', common.newCredentialSchema],
  ['Database', common.databaseSchema],
  ['DatabaseSummary', common.databaseSummarySchema],
  ['CertificateDetails', common.certificateDetailsSchema],
  ['DatabaseDetails', common.databaseDetailsSchema],
  ['Diagnosis', common.diagnosisSchema],
  ['DriftField', common.driftFieldSchema],
  ['FleetRow', common.fleetRowSchema],
  ['ManifestDrift', common.manifestDriftSchema],
  ['NodeDetails', common.nodeDetailsSchema],
  ['Peer', common.peerSchema],
  ['TrafficPoint', common.trafficPointSchema],
  ['WarningEvent', common.warningEventSchema],
  ['Finding', common.findingSchema],
  ['FindingStatus', common.findingStatusSchema],
  ['NodeSummary', common.nodeSummarySchema],
  ['PlatformSummary', common.platformSummarySchema],
  ['ProvisionOutcome', common.provisionOutcomeSchema],
  ['Remedy', common.remedySchema],
  ['Report', common.reportSchema],
  ['Requirement', common.requirementSchema],
  ['Snippet', common.snippetSchema],
];

/** With what it refers to in its place. */
function resolve(schema: any): any {
  if (Array.isArray(schema)) return schema.map(resolve);
  if (typeof schema !== 'object' || schema === null) return schema;
  if (schema.$ref) return resolve(schemas[schema.$ref.split('/').pop()]);
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, resolve(value)]),
  );
}

function jsonSchemaOf(zod: ZodTypeAny) {
  const { $schema, ...schema } = zodToJsonSchema(zod, {
    $refStrategy: 'none',
  }) as any;
  return schema;
}

it.each(shared)('describes %s as its zod schema does', (name, zod) => {
  expect(resolve(schemas[name])).toEqual(jsonSchemaOf(zod));
});

it('describes each kind of provisioning event as its zod schema does', () => {
  const { oneOf } = resolve(schemas.ProvisioningEvent);
  expect(oneOf).toEqual(jsonSchemaOf(common.provisioningEventSchema).anyOf);
});

it('describes each place of a client as its zod schema does', () => {
  const { oneOf } = resolve(schemas.ClientPlace);
  expect(oneOf).toEqual(jsonSchemaOf(common.clientPlaceSchema).anyOf);
});

it('has been generated from openapi.yaml as it is now', () => {
  // Otherwise: yarn generate
  expect(spec).toEqual(written);
});

it('describes every route, and has a route for all that it describes', async () => {
  const router = await createRouter({
    admins: [],
    services: {},
  } as unknown as Parameters<typeof createRouter>[0]);
  const routed = router.stack
    .flatMap(({ route }) =>
      (route?.stack ?? []).map(
        ({ method }) => `${method} ${route!.path.replace(/:(\w+)/g, '{$1}')}`,
      ),
    )
    .filter(route => route !== 'get /openapi.json');
  const described = Object.entries<object>(written.paths).flatMap(
    ([path, methods]) =>
      Object.keys(methods)
        .filter(method => method !== 'parameters')
        .map(method => `${method} ${path}`),
  );
  expect(routed.sort()).toEqual(described.sort());
});
