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
import { createReports } from '../src/__fixtures__/reports';

/** Each variant of the card is a database whose namespace says how it behaves. */
export const variants = [
  'healthy',
  'simulated',
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

async function reportOf({ namespace }: DatabaseRef): Promise<Report> {
  if (namespace === 'loading') return new Promise(() => {});
  if (namespace === 'denied') throw new NotAllowedError('not an owner');
  if (namespace === 'missing') throw new NotFoundError('no such database');
  if (namespace === 'unreachable') throw new TypeError('Failed to fetch');
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
  getDatabase: async ref => ({
    ...database,
    ...ref,
    allowed:
      ref.namespace === 'failing'
        ? {
            downloadBundle: false,
            readCredentials: false,
            delete: false,
            operate: false,
          }
        : database.allowed,
  }),
  listFleet: async () => [],
  getDetails: async () => ({
    certificates: [],
    peers: [],
    nodes: [],
    warnings: [],
    unknown: [],
  }),
  getTraffic: async () => [],
  getDrift: async () => [],
  async *renewCertificate() {},
  async *repairDrift() {},
  getReport: async (ref, options) => {
    if (options?.refresh) await pause(1500);
    return reportOf(ref);
  },
  getAccess: async ref => ({
    ...access,
    connection: {
      ...access.connection,
      simulated: (await reportOf(ref)).simulated,
    },
  }),
  downloadBundle: async () => ({
    fileName: access.bundle.fileName,
    content: new Blob(['zip']),
  }),
  revealCredentials: async () => ({
    username: 'orders_app',
    password: 'only-for-this-page-8fK2',
  }),
};
