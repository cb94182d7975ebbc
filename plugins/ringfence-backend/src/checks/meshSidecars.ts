import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
  warning,
} from './results';
import {
  holdsApplication,
  sidecarOf,
  statusOf,
  type ContainerStatus,
  type Sidecar,
} from './sidecars';
import { count, list } from './words';

/** A pod that has a sidecar. */
interface Injected {
  readonly pod: KubernetesObject;
  readonly sidecar: Sidecar;
}

/** Whether each pod's sidecar is ready, and was there before the database was. */
export const meshSidecars: Check = {
  id: 'mesh.sidecars',
  title: 'Every sidecar is ready and started first',
  category: 'mesh',
  reasons: {
    Ready:
      'The sidecar of every pod is ready, and the database starts only after it.',
    NotReady: 'A sidecar is not ready: its pod takes no traffic.',
    StartedBeforeSidecar:
      'A database started before its sidecar: what it opened until then passed the mesh by, and may still be open.',
    NotHeld:
      'Nothing keeps a database from starting before its sidecar; this time the order was right.',
    NoPods:
      'No pod has a sidecar to look at; mesh.membership says which should.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.observation.meshMode !== 'sidecar') return [];
    if (!facts.pods.known) return notLooked("The database's pods", facts.pods);
    const injected = facts.pods.value.flatMap(pod => {
      const sidecar = sidecarOf(pod);
      return sidecar ? [{ pod, sidecar }] : [];
    });
    return [judge(facts, injected)]
      .flat()
      .map(result => seenAt(result, facts.pods));
  },
};

function judge(
  facts: Facts,
  injected: readonly Injected[],
): CheckResult | CheckResult[] {
  if (injected.length === 0) {
    return unknown('NoPods', 'No pod of the database has a sidecar to look at');
  }
  const problems = [
    notReady(facts, injected),
    startedBefore(facts, injected),
  ].filter(result => result !== undefined);
  if (problems.length > 0) return problems;
  return notHeld(injected) ?? allReady(injected);
}

function notReady(
  facts: Facts,
  injected: readonly Injected[],
): CheckResult | undefined {
  const waiting = injected.filter(({ sidecar }) => !sidecar.status?.ready);
  if (waiting.length === 0) return undefined;
  const names = namesOf(waiting);
  const why = waiting
    .map(({ sidecar }) => sidecar.status?.state?.waiting)
    .find(Boolean);
  return failing(
    'NotReady',
    `The sidecar of ${list(names)} is not ready${
      why?.reason ? `: ${why.reason}` : ''
    }`,
    { waiting: names, ...(why?.message && { message: why.message }) },
    {
      text: 'See what the sidecar waits for: istiod that does not answer is the usual cause.',
      command: `kubectl logs ${names[0]} -n ${facts.database.namespace} -c istio-proxy`,
    },
  );
}

function startedBefore(
  facts: Facts,
  injected: readonly Injected[],
): CheckResult | undefined {
  const { container } = facts.observation;
  const early = injected.filter(({ pod, sidecar }) =>
    isBefore(
      statusOf(pod.status?.containerStatuses, container),
      sidecar.status,
    ),
  );
  if (early.length === 0) return undefined;
  const names = namesOf(early);
  return failing(
    'StartedBeforeSidecar',
    `The database in ${list(names)} started before its sidecar`,
    { startedBefore: names },
    {
      text: 'Press "Repair drift", which puts holdApplicationUntilProxyStarts back, then restart the pod.',
      command: `kubectl delete pod ${names[0]} -n ${facts.database.namespace}`,
    },
  );
}

/** A sidecar that was restarted says nothing any more of which of the two came first. */
function isBefore(
  application: ContainerStatus | undefined,
  sidecar: ContainerStatus | undefined,
): boolean {
  if (sidecar?.restartCount) return false;
  const begun = startOf(application);
  if (begun === undefined) return false;
  const proxied = startOf(sidecar);
  return proxied !== undefined && begun < proxied;
}

function startOf(status: ContainerStatus | undefined): number | undefined {
  const text = status?.state?.running?.startedAt;
  const ms = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

function notHeld(injected: readonly Injected[]): CheckResult | undefined {
  const loose = injected.filter(
    ({ pod, sidecar }) => !sidecar.native && !holdsApplication(pod),
  );
  if (loose.length === 0) return undefined;
  const names = namesOf(loose);
  return warning(
    'NotHeld',
    `${list(names)} may start before ${
      names.length === 1 ? 'its sidecar' : 'their sidecars'
    }: holdApplicationUntilProxyStarts is not set`,
    { notHeld: names },
    {
      text: 'Press "Repair drift": that puts annotation proxy.istio.io/config with holdApplicationUntilProxyStarts back on its pods.',
    },
  );
}

function allReady(injected: readonly Injected[]): CheckResult {
  const native = injected.filter(({ sidecar }) => sidecar.native).length;
  return ok(
    'Ready',
    `${count(
      injected.length,
      'sidecar',
    )} ready, each started before its database`,
    { pods: namesOf(injected), nativeSidecars: native },
  );
}

function namesOf(injected: readonly Injected[]): string[] {
  return injected.map(({ pod }) => pod.metadata.name);
}
