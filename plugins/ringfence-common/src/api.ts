import type { Access, Credentials } from './access';
import type { Database, DatabaseRef, DatabaseSummary } from './database';
import type { BlueprintSummary, PlatformSummary } from './platform';
import type { Report } from './report';

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
  /** `GET .../access` */
  getAccess(ref: DatabaseRef): Promise<Access>;
  /** `GET .../bundle`: the zip and its file name */
  downloadBundle(
    ref: DatabaseRef,
  ): Promise<{ fileName: string; content: Blob }>;
  /** `POST .../credentials/reveal`: audited */
  revealCredentials(ref: DatabaseRef): Promise<Credentials>;
}
