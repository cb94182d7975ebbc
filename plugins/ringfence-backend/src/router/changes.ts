import {
  stringifyDatabaseRef,
  type DatabaseRef,
  type ProvisioningEvent,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Request, Response } from 'express';
import type { AnyRequest } from './Authorizer';
import type { RouteDeps } from './RouteDeps';
import { streamChange } from './streamChange';

/** The path of one database. */
export const DATABASE = '/databases/:kubernetesCluster/:namespace';

/** Runs a change for a request and streams its events; the catalog hears of it when it ends. */
export async function runChange(
  { running, services, heartbeatMs }: RouteDeps,
  response: Response,
  spec: DatabaseRef & { owner: string },
  start: (options: { signal: AbortSignal }) => AsyncIterable<ProvisioningEvent>,
): Promise<Error | undefined> {
  try {
    return await running.run(spec, spec.owner, change => {
      const events = start({ signal: change.signal });
      return streamChange(response, change, events, heartbeatMs);
    });
  } finally {
    await services.announce(spec);
  }
}

/** A change as the audit knows it. */
export function changeOf(
  what:
    | 'provision'
    | 'decommission'
    | 'cancel'
    | 'renew'
    | 'repair'
    | 'rotate-ca',
  request: Request,
  ref: DatabaseRef,
  meta: { deleteVolumes?: boolean; certificate?: string; step?: string } = {},
) {
  return {
    eventId: `database-${what}`,
    severityLevel: 'medium' as const,
    request,
    meta: { ...meta, database: stringifyDatabaseRef(ref) },
  };
}

/** The database that a request's path names. */
export function refOf({ params }: AnyRequest): DatabaseRef {
  const { kubernetesCluster, namespace } = params;
  return { kubernetesCluster, namespace };
}
