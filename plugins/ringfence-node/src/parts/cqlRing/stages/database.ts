import type { Action, Stage } from '../../../blueprint';
import { monitorManifests } from '../../monitoring';
import { ringIsUp } from '../../probes';
import {
  createApplicationRole,
  createSuperuser,
  disablePublicLogin,
  replicateAuth,
} from '../../roles';
import { statefulSetRolledOut } from '../../waits';
import type { CqlRingContext } from '../CqlRing';
import { objectRefs } from '../../gated';
import { PUBLIC_LOGIN } from '../observation';
import { CQL_PORT } from '../ports';
import { ringManifests } from '../ringObjects';

const MINUTE_MS = 60_000;

/** For each node: pulling the image, and joining, which the ring does one by one. */
const JOIN_TIMEOUT_MS = 5 * MINUTE_MS;

/** The ring and its logins, before there is a way in. */
export function databaseStage(context: CqlRingContext): Stage {
  const { spec, platform, ring } = context;
  const timeoutMs = 5 * MINUTE_MS + spec.replicas * JOIN_TIMEOUT_MS;
  return {
    name: 'database',
    title: `${ring.product} ring`,
    manifests: observed => [
      ...ringManifests(context, observed),
      ...monitorManifests(spec, platform, {
        application: ring.application,
        metricsPort: ring.ports.metrics?.name,
        gated: spec.access.exposure !== 'none',
      }),
    ],
    actions: roleActions(context),
    waits: [
      {
        ...statefulSetRolledOut(objectRefs(spec).statefulSet, { timeoutMs }),
        when: 'before-actions',
      },
      ringIsUp(spec, {
        container: ring.container,
        replicas: spec.replicas,
        timeoutMs: 5 * MINUTE_MS,
      }),
    ],
  };
}

/**
 * The superuser first, since it makes the rest. The replication of roles comes
 * before the public login is disabled, so that there is a login at any moment.
 */
function roleActions({ spec, ring }: CqlRingContext): Action[] {
  const port = CQL_PORT;
  const replication = replicateAuth(spec, {
    port,
    container: ring.container,
    datacenter: spec.datacenter,
    replicas: spec.replicas,
  });
  const application = createApplicationRole(spec, { port });
  if (ring.superuserData) return [replication, application];
  return [
    createSuperuser(spec, PUBLIC_LOGIN, { port }),
    replication,
    disablePublicLogin(spec, PUBLIC_LOGIN, { port }),
    application,
  ];
}
