import type { AuditorService } from '@backstage/backend-plugin-api';
import express, { type Router } from 'express';
import { createOpenApiRouter } from '../schema/openapi';
import { addAccessRoutes } from './accessRoutes';
import { Authorizer, type AuthorizerDeps } from './Authorizer';
import { addChangeRoutes } from './changeRoutes';
import { addClientCertificateRoutes } from './clientCertificateRoutes';
import { addConnectionRoutes } from './connectionRoutes';
import { addCredentialRoutes } from './credentialRoutes';
import { addDetailRoutes } from './detailRoutes';
import { addOperateRoutes } from './operateRoutes';
import { addReadRoutes } from './readRoutes';
import type { RouteDeps } from './RouteDeps';
import { RunningChanges } from './RunningChanges';
import type { RouterServices } from './services';

/** Longest body taken. A spec is a few kilobytes; a ConfigMap takes 1 MiB at most. */
const MAX_BODY = '128kb';

/** A load balancer's shortest common idle time-out is 30 s; clients are promised a line every 15 s. */
const HEARTBEAT_MS = 10_000;

export interface RouterOptions extends AuthorizerDeps {
  readonly auditor: AuditorService;
  readonly services: RouterServices;
  /** @default a registry of its own; hand one in to stop its runs when the portal stops */
  readonly running?: RunningChanges;
  /** @default 10 s */
  readonly heartbeatMs?: number;
  /**
   * Fails with 500 where an answer is not what the description of the API says; tests switch it on.
   *
   * @default false
   */
  readonly validateResponses?: boolean;
}

/** HTTP in, permission and ownership, HTTP out. */
export async function createRouter(options: RouterOptions): Promise<Router> {
  const router = await createOpenApiRouter({
    middleware: [express.json({ limit: MAX_BODY })],
    validatorOptions: { validateResponses: options.validateResponses ?? false },
  });
  const deps: RouteDeps = {
    authorizer: new Authorizer(options),
    auditor: options.auditor,
    services: options.services,
    running: options.running ?? new RunningChanges(),
    heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
  };
  addReadRoutes(router, deps);
  addDetailRoutes(router, deps);
  addChangeRoutes(router, deps);
  addOperateRoutes(router, deps);
  addAccessRoutes(router, deps);
  addConnectionRoutes(router, deps);
  addCredentialRoutes(router, deps);
  addClientCertificateRoutes(router, deps);
  return router;
}
