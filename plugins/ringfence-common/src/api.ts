import type { Access, Credentials } from './access';
import type { Database, DatabaseRef, DatabaseSummary } from './database';
import type { DatabaseDetails, ManifestDrift, TrafficPoint } from './details';
import type { ClientPlace, ConnectionTestStep, Diagnosis } from './diagnosis';
import type { ProvisioningEvent } from './events';
import type { FleetRow } from './fleet';
import type { BlueprintSummary, PlatformSummary } from './platform';
import type { Report } from './report';
import type { RotationStep } from './spec';
import type {
  ClientCertificateRequest,
  IssuedClientCertificate,
  NewClientCertificate,
} from './clientCertificates';
import type {
  CredentialRequest,
  IssuedCredential,
  NewCredential,
} from './teamCredentials';

/** What the Ringfence backend answers over HTTP, as the frontend uses it. Errors are `ResponseError`s. */
export interface RingfenceApi {
  /** `GET /platforms` */
  listPlatforms(): Promise<PlatformSummary[]>;
  /** `GET /blueprints` */
  listBlueprints(): Promise<BlueprintSummary[]>;
  /** `GET /databases`: those that the user may see */
  listDatabases(): Promise<DatabaseSummary[]>;
  /** `GET /databases/{kubernetesCluster}/{namespace}` */
  getDatabase(ref: DatabaseRef): Promise<Database>;
  /** `GET .../report`; `refresh` runs the probes again (`?refresh=true`) */
  getReport(ref: DatabaseRef, options?: { refresh?: boolean }): Promise<Report>;
  /** `GET /fleet`: every database and what is known of its fence; asks no database */
  listFleet(): Promise<FleetRow[]>;
  /** `GET .../details`: what the tab shows besides the report */
  getDetails(ref: DatabaseRef): Promise<DatabaseDetails>;
  /** `GET .../traffic`: the last 24 hours at most, oldest first */
  getTraffic(ref: DatabaseRef): Promise<TrafficPoint[]>;
  /** `GET .../drift`: where the objects differ from the manifests of the stored spec */
  getDrift(ref: DatabaseRef): Promise<ManifestDrift[]>;
  /** `POST .../renew`: ends with the new certificate seen served; leaving the iteration stops it */
  renewCertificate(
    ref: DatabaseRef,
    certificate: string,
  ): AsyncIterable<ProvisioningEvent>;
  /** `POST .../repair`: puts drifted objects back; leaving the iteration stops it */
  repairDrift(ref: DatabaseRef): AsyncIterable<ProvisioningEvent>;
  /** `POST .../rotate-ca`: takes that step, or goes on with it; leaving the iteration stops it */
  rotateCa(
    ref: DatabaseRef,
    step: RotationStep,
  ): AsyncIterable<ProvisioningEvent>;
  /** `GET .../access` */
  getAccess(ref: DatabaseRef): Promise<Access>;
  /** `POST .../connection-test`: each step as it is known; audited; leaving the iteration stops it */
  testConnection(ref: DatabaseRef): AsyncIterable<ConnectionTestStep>;
  /** `POST .../diagnosis`: why a client cannot connect */
  diagnoseConnection(ref: DatabaseRef, from: ClientPlace): Promise<Diagnosis>;
  /** `GET .../bundle`: the zip and its file name; with the key of a team's client certificate, and stores in JKS as well, where asked */
  downloadBundle(
    ref: DatabaseRef,
    options?: { readonly clientCertificate?: string; readonly format?: 'jks' },
  ): Promise<{ fileName: string; content: Blob }>;
  /** `POST .../credentials/reveal`: audited */
  revealCredentials(ref: DatabaseRef): Promise<Credentials>;
  /** `GET .../credentials`: roles that were issued to teams; nothing secret */
  listCredentials(ref: DatabaseRef): Promise<IssuedCredential[]>;
  /** `POST .../credentials`: a role for a team; its password is told this once; audited */
  issueCredential(
    ref: DatabaseRef,
    request: CredentialRequest,
  ): Promise<NewCredential>;
  /** `POST .../credentials/{name}/rotate`: both roles log in for `graceHours` (24 where absent); audited */
  rotateCredential(
    ref: DatabaseRef,
    name: string,
    options?: { graceHours?: number },
  ): Promise<NewCredential>;
  /** `DELETE .../credentials/{name}`: audited */
  revokeCredential(ref: DatabaseRef, name: string): Promise<void>;
  /** `GET .../client-certificates`: those issued to teams; nothing secret */
  listClientCertificates(ref: DatabaseRef): Promise<IssuedClientCertificate[]>;
  /** `POST .../client-certificates`: issues a team's certificate, or renews it with a new key; audited */
  issueClientCertificate(
    ref: DatabaseRef,
    request: ClientCertificateRequest,
  ): Promise<NewClientCertificate>;
  /** `DELETE .../client-certificates/{team}`: not renewed any more, valid until its end; audited */
  revokeClientCertificate(ref: DatabaseRef, team: string): Promise<void>;
}

/** Channel of the signals that say that a report changed; the message is a {@link ReportSignal}. */
export const REPORT_SIGNAL = 'ringfence:report';

/** Message of {@link REPORT_SIGNAL}. Everybody gets it, so it names no database. */
export type ReportSignal = {
  /** {@link reportSignalId} of the database. */
  readonly id: string;
};
