import type { AuditorService } from '@backstage/backend-plugin-api';
import type { createOpenApiRouter } from '../schema/openapi';
import type { Authorizer } from './Authorizer';
import type { RunningChanges } from './RunningChanges';
import type { RouterServices } from './services';

/** The typed router that the description of the API gives, see `../schema/openapi.yaml`. */
export type ApiRouter = Awaited<ReturnType<typeof createOpenApiRouter>>;

/** What every group of routes works with. */
export interface RouteDeps {
  readonly authorizer: Authorizer;
  readonly auditor: AuditorService;
  readonly services: RouterServices;
  readonly running: RunningChanges;
  readonly heartbeatMs: number;
}
