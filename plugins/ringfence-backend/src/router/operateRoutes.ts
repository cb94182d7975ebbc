import {
  databaseOperatePermission,
  type ProvisioningEvent,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Request, Response } from 'express';
import { audited } from './audited';
import { changeOf, DATABASE, refOf, runChange } from './changes';
import type { ApiRouter, RouteDeps } from './RouteDeps';
import type { ChangeOptions } from './services';

/** What keeps a database as its spec says, for its owners alone: renew a certificate, repair drift, rotate the CA. */
export function addOperateRoutes(router: ApiRouter, deps: RouteDeps): void {
  const { auditor, services } = deps;

  router.post(`${DATABASE}/renew`, (request, response) => {
    const ref = refOf(request);
    const { certificate } = request.body;
    return audited(
      auditor,
      changeOf('renew', request, ref, { certificate }),
      () =>
        operate(deps, request, response, options =>
          services.provisioner.renew(ref, { certificate }, options),
        ),
    );
  });
  router.post(`${DATABASE}/repair`, (request, response) => {
    const ref = refOf(request);
    return audited(auditor, changeOf('repair', request, ref), () =>
      operate(deps, request, response, options =>
        services.provisioner.repair(ref, options),
      ),
    );
  });
  router.post(`${DATABASE}/rotate-ca`, (request, response) => {
    const ref = refOf(request);
    const { step } = request.body;
    return audited(auditor, changeOf('rotate-ca', request, ref, { step }), () =>
      operate(deps, request, response, options =>
        services.provisioner.rotateCa(ref, { step }, options),
      ),
    );
  });
}

async function operate(
  deps: RouteDeps,
  request: Request,
  response: Response,
  start: (options: ChangeOptions) => AsyncIterable<ProvisioningEvent>,
): Promise<Error | undefined> {
  const { authorizer, services } = deps;
  const ref = refOf(request);
  const user = await authorizer.requireUser(request, databaseOperatePermission);
  const database = await services.databases.get(ref);
  authorizer.requireOwner(user, database);
  return await runChange(deps, response, database.spec, options =>
    start({ ...options, actor: user.userEntityRef }),
  );
}
