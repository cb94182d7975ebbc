import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  DatabaseRef,
  Report,
  RingfenceApi,
} from '@ringfence/backstage-plugin-ringfence-common';
import {
  access,
  blueprints,
  database,
  platforms,
} from '../src/__fixtures__/access';
import {
  createClientCertificates,
  createCredentials,
  newClientCertificate,
  newCredential,
} from '../src/__fixtures__/credentials';
import {
  createDetails,
  createTraffic,
  drift,
  renewEvents,
} from '../src/__fixtures__/details';
import {
  diagnosis,
  laptopDiagnosis,
  testSteps,
} from '../src/__fixtures__/diagnosis';
import {
  igniteAccess,
  igniteDatabase,
  igniteDetails,
  igniteReport,
} from '../src/__fixtures__/ignite';
import { manyDatabases, fleet } from '../src/__fixtures__/fleet';
import { createReports } from '../src/__fixtures__/reports';

/** Each variant of the card is a database whose namespace says how it behaves. */
export const variants = [
  'healthy',
  'simulated',
  'ignite',
  'expiring',
  'failing',
  'unknown',
  'loading',
  'denied',
  'missing',
  'unreachable',
] as const;

const pause = (ms: number) =>
  new Promise<void>(resolve => setTimeout(resolve, ms));

async function* slowly<T>(events: readonly T[]): AsyncIterable<T> {
  for (const event of events) {
    await pause(800);
    yield event;
  }
}

async function reportOf({ namespace }: DatabaseRef): Promise<Report> {
  if (namespace === 'loading') return new Promise(() => {});
  if (namespace === 'denied') throw new NotAllowedError('not an owner');
  if (namespace === 'missing') throw new NotFoundError('no such database');
  if (namespace === 'unreachable') throw new TypeError('Failed to fetch');
  if (namespace === 'ignite') return igniteReport();
  const reports = createReports(new Date());
  return reports[namespace as keyof typeof reports] ?? reports.healthy;
}

/** Answers as the backend would, from fixtures. */
export const fakeApi: RingfenceApi = {
  listPlatforms: async () => platforms,
  listBlueprints: async () => blueprints,
  listDatabases: async () => [
    database,
    { ...database, namespace: 'shop', name: 'shop' },
  ],
  listFleet: async () => [...fleet(), ...manyDatabases(1000)],
  getDetails: async ({ namespace }) =>
    namespace === 'ignite' ? igniteDetails() : createDetails(),
  getTraffic: async () => createTraffic(),
  getDrift: async () => drift,
  renewCertificate: () => slowly(renewEvents()),
  repairDrift: () => slowly(renewEvents()),
  rotateCa: () => slowly(renewEvents()),
  testConnection: () => slowly(testSteps()),
  diagnoseConnection: async (_ref, { kind }) =>
    kind === 'workload' ? diagnosis : laptopDiagnosis,
  getDatabase: async ref => ({
    ...(ref.namespace === 'ignite' ? igniteDatabase : database),
    ...ref,
    allowed:
      ref.namespace === 'failing'
        ? {
            downloadBundle: false,
            readCredentials: false,
            delete: false,
            operate: false,
            issueCredentials: false,
          }
        : database.allowed,
  }),
  getReport: async (ref, options) => {
    if (options?.refresh) await pause(1500);
    return reportOf(ref);
  },
  getAccess: async ref => {
    const known = ref.namespace === 'ignite' ? igniteAccess : access;
    const { simulated } = await reportOf(ref);
    return { ...known, connection: { ...known.connection, simulated } };
  },
  downloadBundle: async () => ({
    fileName: access.bundle.fileName,
    content: new Blob(['zip']),
  }),
  revealCredentials: async () => ({
    username: 'orders_app',
    password: 'only-for-this-page-8fK2',
  }),
  listCredentials: async () => createCredentials(),
  issueCredential: async () => newCredential(),
  rotateCredential: async () => newCredential(),
  revokeCredential: async () => {},
  listClientCertificates: async () => createClientCertificates(),
  issueClientCertificate: async () => newClientCertificate(),
  revokeClientCertificate: async () => {},
};
