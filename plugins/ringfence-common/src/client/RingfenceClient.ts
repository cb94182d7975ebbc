import { ResponseError, ServiceUnavailableError } from '@backstage/errors';
import type { Access, Credentials } from '../access';
import type { RingfenceApi } from '../api';
import type { Database, DatabaseRef, DatabaseSummary } from '../database';
import type { DatabaseDetails, ManifestDrift, TrafficPoint } from '../details';
import {
  CONNECTION_TEST_STEPS,
  connectionTestStepSchema,
  type ClientPlace,
  type ConnectionTestStep,
  type Diagnosis,
} from '../diagnosis';
import type { ProvisioningEvent } from '../events';
import type { FleetRow } from '../fleet';
import type { BlueprintSummary, PlatformSummary } from '../platform';
import type { Report } from '../report';
import type { RotationStep } from '../spec';
import type {
  ClientCertificateRequest,
  IssuedClientCertificate,
  NewClientCertificate,
} from '../clientCertificates';
import type {
  CredentialRequest,
  IssuedCredential,
  NewCredential,
} from '../teamCredentials';
import { DefaultApiClient } from '../schema/openapi';
import { attachmentFileName } from './attachmentFileName';
import { readLines, readProvisioningEvents } from './readEvents';

const LAST_STEP = CONNECTION_TEST_STEPS[CONNECTION_TEST_STEPS.length - 1];

/** What {@link RingfenceClient} needs: the portal's own `discoveryApi` and `fetchApi`, or their like. */
export interface RingfenceClientOptions {
  readonly discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
  /** Must sign requests in: `fetchApi` of the portal does. */
  readonly fetchApi: { fetch: typeof fetch };
}

/**
 * The Ringfence backend over HTTP. Every method throws `ResponseError` where
 * the backend refuses, with what it said as `cause`.
 */
export class RingfenceClient implements RingfenceApi {
  readonly #http: DefaultApiClient;

  constructor(options: RingfenceClientOptions) {
    this.#http = new DefaultApiClient(options);
  }

  async listPlatforms(): Promise<PlatformSummary[]> {
    const response = await succeeded(this.#http.listPlatforms({}));
    return (await response.json()).items;
  }

  async listBlueprints(): Promise<BlueprintSummary[]> {
    const response = await succeeded(this.#http.listBlueprints({}));
    return (await response.json()).items;
  }

  async listDatabases(): Promise<DatabaseSummary[]> {
    const response = await succeeded(this.#http.listDatabases({}));
    return (await response.json()).items;
  }

  async listFleet(): Promise<FleetRow[]> {
    const response = await succeeded(this.#http.listFleet({}));
    return (await response.json()).items;
  }

  async getDatabase(ref: DatabaseRef): Promise<Database> {
    return await this.#json(this.#http.getDatabase({ path: pathOf(ref) }));
  }

  async getReport(
    ref: DatabaseRef,
    options?: { refresh?: boolean },
  ): Promise<Report> {
    const query = options?.refresh ? { refresh: true } : {};
    const response = this.#http.getReport({ path: pathOf(ref), query });
    // The generated type loses the union of what evidence may be.
    return (await this.#json(response)) as Report;
  }

  async getDetails(ref: DatabaseRef): Promise<DatabaseDetails> {
    return await this.#json(this.#http.getDetails({ path: pathOf(ref) }));
  }

  async getTraffic(ref: DatabaseRef): Promise<TrafficPoint[]> {
    const traffic = this.#http.getTraffic({ path: pathOf(ref) });
    return (await this.#json(traffic)).items;
  }

  async getDrift(ref: DatabaseRef): Promise<ManifestDrift[]> {
    const drift = this.#http.getDrift({ path: pathOf(ref) });
    return (await this.#json(drift)).items;
  }

  renewCertificate(
    ref: DatabaseRef,
    certificate: string,
  ): AsyncIterable<ProvisioningEvent> {
    return events(() =>
      this.#http.renewCertificate({ path: pathOf(ref), body: { certificate } }),
    );
  }

  repairDrift(ref: DatabaseRef): AsyncIterable<ProvisioningEvent> {
    return events(() => this.#http.repairDrift({ path: pathOf(ref) }));
  }

  rotateCa(
    ref: DatabaseRef,
    step: RotationStep,
  ): AsyncIterable<ProvisioningEvent> {
    return events(() =>
      this.#http.rotateCa({ path: pathOf(ref), body: { step } }),
    );
  }

  async getAccess(ref: DatabaseRef): Promise<Access> {
    const access = this.#http.getAccess({ path: pathOf(ref) });
    // The generated type makes fields with a default optional; the backend fills them.
    return (await this.#json(access)) as Access;
  }

  testConnection(ref: DatabaseRef): AsyncIterable<ConnectionTestStep> {
    return steps(() => this.#http.testConnection({ path: pathOf(ref) }));
  }

  async diagnoseConnection(
    ref: DatabaseRef,
    from: ClientPlace,
  ): Promise<Diagnosis> {
    return await this.#json(
      this.#http.diagnoseConnection({ path: pathOf(ref), body: { from } }),
    );
  }

  async downloadBundle(
    ref: DatabaseRef,
    options: {
      readonly clientCertificate?: string;
      readonly format?: 'jks';
    } = {},
  ): Promise<{ fileName: string; content: Blob }> {
    const response = await succeeded(
      this.#http.downloadBundle({ path: pathOf(ref), query: options }),
    );
    const disposition = response.headers.get('content-disposition');
    return {
      fileName: attachmentFileName(disposition) ?? `${ref.namespace}.zip`,
      content: await response.blob(),
    };
  }

  async revealCredentials(ref: DatabaseRef): Promise<Credentials> {
    return await this.#json(
      this.#http.revealCredentials({ path: pathOf(ref) }),
    );
  }

  async listCredentials(ref: DatabaseRef): Promise<IssuedCredential[]> {
    const list = this.#http.listCredentials({ path: pathOf(ref) });
    return (await this.#json(list)).items;
  }

  async issueCredential(
    ref: DatabaseRef,
    request: CredentialRequest,
  ): Promise<NewCredential> {
    return await this.#json(
      this.#http.issueCredential({ path: pathOf(ref), body: request }),
    );
  }

  async rotateCredential(
    ref: DatabaseRef,
    name: string,
    options: { graceHours?: number } = {},
  ): Promise<NewCredential> {
    const path = { ...pathOf(ref), credential: name };
    return await this.#json(
      this.#http.rotateCredential({ path, body: options }),
    );
  }

  async revokeCredential(ref: DatabaseRef, name: string): Promise<void> {
    const path = { ...pathOf(ref), credential: name };
    await succeeded(this.#http.revokeCredential({ path }));
  }

  async listClientCertificates(
    ref: DatabaseRef,
  ): Promise<IssuedClientCertificate[]> {
    const list = this.#http.listClientCertificates({ path: pathOf(ref) });
    return (await this.#json(list)).items;
  }

  async issueClientCertificate(
    ref: DatabaseRef,
    request: ClientCertificateRequest,
  ): Promise<NewClientCertificate> {
    return await this.#json(
      this.#http.issueClientCertificate({ path: pathOf(ref), body: request }),
    );
  }

  async revokeClientCertificate(ref: DatabaseRef, team: string): Promise<void> {
    const path = { ...pathOf(ref), team };
    await succeeded(this.#http.revokeClientCertificate({ path }));
  }

  async #json<T>(
    response: Promise<Omit<Response, 'json'> & { json(): Promise<T> }>,
  ): Promise<T> {
    return await (await succeeded(response)).json();
  }
}

function pathOf(ref: DatabaseRef) {
  return {
    kubernetesCluster: ref.kubernetesCluster,
    namespace: ref.namespace,
  };
}

/** @throws ServiceUnavailableError where the connection ends before the change does */
async function* events(
  post: () => Promise<Pick<Response, 'ok' | 'body'>>,
): AsyncGenerator<ProvisioningEvent> {
  const { body } = await succeeded(post());
  for await (const event of readProvisioningEvents(body!)) {
    yield event;
    if (event.type === 'done' || event.type === 'failed') return;
  }
  throw new ServiceUnavailableError(
    'Lost the Ringfence backend before it was done. What was done stays; run it again',
  );
}

/** @throws ServiceUnavailableError where the connection ends before the test does */
async function* steps(
  post: () => Promise<Pick<Response, 'ok' | 'body'>>,
): AsyncGenerator<ConnectionTestStep> {
  const { body } = await succeeded(post());
  for await (const line of readLines(body!)) {
    const step = connectionTestStepSchema.parse(line);
    yield step;
    if (step.step === LAST_STEP) return;
  }
  throw new ServiceUnavailableError(
    'Lost the Ringfence backend before the test was done. Run it again',
  );
}

async function succeeded<R extends Pick<Response, 'ok'>>(
  pending: Promise<R>,
): Promise<R> {
  const response = await pending;
  if (response.ok) return response;
  throw await ResponseError.fromResponse(response as unknown as Response);
}
