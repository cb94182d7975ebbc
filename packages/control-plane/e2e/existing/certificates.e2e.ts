import { createHash, X509Certificate } from 'node:crypto';
import { existingOrders, type ExistingCluster } from '../../src/existing';
import { handshake, readWay, type Way } from '../support/cql';
import { existingCluster } from '../support/existing';
import { createProvisioner, endOf, provision } from '../support/provisioning';
import { LongConnection, rotate, servedSerial } from '../support/rotation';

jest.setTimeout(1_800_000);

const ROTATIONS = 3;
const PEM = { type: 'spki', format: 'pem' } as const;
const spec = { ...existingOrders, replicas: 1 };
const certificateRef = {
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  namespace: spec.namespace,
  name: 'orders-tls',
};

let cluster: ExistingCluster;
let way: Way;

async function stored(): Promise<X509Certificate> {
  const { namespace, name } = certificateRef;
  const secret = ['get', 'secret', name, '-n', namespace, '-o', 'json'];
  const { data } = JSON.parse(await cluster.kubectl(secret));
  return new X509Certificate(Buffer.from(data['tls.crt'], 'base64'));
}

beforeAll(async () => {
  cluster = existingCluster();
  const events = await provision(createProvisioner(cluster.kubernetes), spec);
  if (endOf(events) !== 'done') throw new Error(endOf(events));
  way = await readWay(cluster, spec);
});

afterAll(() => cluster?.cleanUp());

it('serves the certificate that cert-manager issued, verified with the CA that clients have', async () => {
  const socket = await handshake(way);
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  const served = createHash('sha256').update(raw).digest('hex');
  const { fingerprint256 } = await stored();
  expect(served).toBe(fingerprint256.replaceAll(':', '').toLowerCase());
});

it(`serves a new certificate and key after each of ${ROTATIONS} renewals, and keeps connections that are open`, async () => {
  const long = await LongConnection.open(way);
  const serials = new Set([await servedSerial(way)]);
  const keys = new Set([String((await stored()).publicKey.export(PEM))]);
  const tookMs: number[] = [];
  for (let rotation = 0; rotation < ROTATIONS; rotation++) {
    tookMs.push(await rotate(cluster.kubernetes, certificateRef, way));
    serials.add(await servedSerial(way));
    keys.add(String((await stored()).publicKey.export(PEM)));
  }
  process.stderr.write(
    `certificates: new handshakes after ${tookMs
      .map(Math.round)
      .join(', ')} ms\n`,
  );
  expect(serials.size).toBe(ROTATIONS + 1);
  expect(keys.size).toBe(ROTATIONS + 1);
  expect(await long.answers()).toBe(true);
  long.close();
});
