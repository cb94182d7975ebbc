import { ReactElement } from 'react';
import { Entity } from '@backstage/catalog-model';
import { convertLegacyRouteRef } from '@backstage/core-compat-api';
import { ResponseError } from '@backstage/errors';
import {
  TestAppOptions,
  renderInTestApp,
} from '@backstage/frontend-test-utils';
import {
  EntityProvider,
  catalogApiRef,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { SignalApi, signalApiRef } from '@backstage/plugin-signals-react';
import type {
  ProvisioningEvent,
  RingfenceApi,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../api';
import {
  access,
  blueprints,
  database,
  platforms,
} from '../__fixtures__/access';
import {
  createDetails,
  createTraffic,
  drift,
  renewEvents,
} from '../__fixtures__/details';
import {
  createClientCertificates,
  createCredentials,
  newClientCertificate,
  newCredential,
} from '../__fixtures__/credentials';
import { diagnosis, testSteps } from '../__fixtures__/diagnosis';
import { fleet } from '../__fixtures__/fleet';
import { createReports } from '../__fixtures__/reports';
import { createDatabaseRouteRef, rootRouteRef } from '../routes';

/** Events as they come in, one after the other. */
export async function* stream<T = ProvisioningEvent>(
  events: readonly T[],
): AsyncIterable<T> {
  yield* events;
}

/** A backend that answers everything, as an owner would see it. */
export function mockRingfenceApi(over: Partial<RingfenceApi> = {}) {
  const api = {
    listPlatforms: jest.fn(async () => platforms),
    listBlueprints: jest.fn(async () => blueprints),
    listDatabases: jest.fn(async () => [database]),
    listFleet: jest.fn(async () => fleet()),
    getDatabase: jest.fn(async () => database),
    getReport: jest.fn(async () => createReports(new Date()).healthy),
    getDetails: jest.fn(async () => createDetails()),
    getTraffic: jest.fn(async () => createTraffic()),
    getDrift: jest.fn(async () => drift),
    renewCertificate: jest.fn(() => stream(renewEvents())),
    repairDrift: jest.fn(() => stream(renewEvents())),
    testConnection: jest.fn(() => stream(testSteps())),
    diagnoseConnection: jest.fn(async () => diagnosis),
    getAccess: jest.fn(async () => access),
    downloadBundle: jest.fn(async () => ({
      fileName: access.bundle.fileName,
      content: new Blob(['zip']),
    })),
    revealCredentials: jest.fn(async () => ({
      username: 'orders_app',
      password: 'correct-horse',
    })),
    listCredentials: jest.fn(async () => createCredentials()),
    issueCredential: jest.fn(async () => newCredential()),
    rotateCredential: jest.fn(async () => newCredential()),
    revokeCredential: jest.fn(async () => {}),
    rotateCa: jest.fn(() => stream(renewEvents())),
    listClientCertificates: jest.fn(async () => createClientCertificates()),
    issueClientCertificate: jest.fn(async () => newClientCertificate()),
    revokeClientCertificate: jest.fn(async () => {}),
  };
  return { ...api, ...over } as unknown as jest.Mocked<RingfenceApi>;
}

/** What the client throws where the backend refuses. */
export async function refusal(
  status: number,
  name: string,
  message: string,
): Promise<ResponseError> {
  const body = { error: { name, message }, response: { statusCode: status } };
  return ResponseError.fromResponse({
    ok: false,
    status,
    statusText: name,
    headers: new Headers({ 'content-type': 'application/json' }),
    text: async () => JSON.stringify(body),
  } as any);
}

/** Renders something of the plugin on the page of `entity`. */
export function renderOnEntity(
  element: ReactElement,
  options: {
    readonly api?: RingfenceApi;
    readonly entity?: Entity;
    readonly catalog?: Entity[];
    /** Path and search of the page. */
    readonly at?: string;
    readonly signals?: SignalApi;
    readonly config?: TestAppOptions['config'];
  } = {},
) {
  const {
    api = mockRingfenceApi(),
    entity,
    catalog = [],
    at,
    signals,
    config,
  } = options;
  return renderInTestApp(
    entity ? (
      <EntityProvider entity={entity}>{element}</EntityProvider>
    ) : (
      element
    ),
    {
      apis: [
        [ringfenceApiRef, api],
        [catalogApiRef, catalogApiMock({ entities: catalog })],
        ...(signals ? [[signalApiRef, signals] as const] : []),
      ],
      config,
      initialRouteEntries: at ? [at] : undefined,
      mountedRoutes: {
        '/catalog/:namespace/:kind/:name': entityRouteRef,
        '/ringfence': convertLegacyRouteRef(rootRouteRef),
        '/create': convertLegacyRouteRef(createDatabaseRouteRef),
      },
    },
  );
}
