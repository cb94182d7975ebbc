import type { DiagnosisWay } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { accessLogin } from '../checks/accessLogin';
import { meshStrict } from '../checks/meshStrict';
import { servicesOfPods } from '../checks/objects';
import { runChecks } from '../checks/runChecks';
import { count } from '../checks/words';
import {
  askAll,
  byVerdict,
  failing,
  fromChecks,
  notLooked,
  ok,
  unknown,
  type Answer,
} from './answers';
import { ADD_CLIENT, isListed, specLines } from './accessClients';
import { clientPods, databasePods } from './ends';
import { membershipOf, type Membership } from './membership';
import { isAllowed } from './meshIdentity';
import { namesResolve, packetsPass } from './packets';
import { isPresent } from './present';
import type { Client, Workload } from './readClient';
import type { Situation } from './Situation';
import { agreed, type Verdict } from '../checks/verdict';

/** Where ztunnel, and sidecars beside ambient mode, take what the mesh carries. */
const HBONE_PORT = 15008;

/** Names the Service that an EndpointSlice belongs to. */
const SERVICE_LABEL = 'kubernetes.io/service-name';

/** The way of a workload directly to the database's nodes, inside the mesh. */
export function meshWay(
  facts: Facts,
  client: Client,
  workload: Workload,
  now: Date,
): DiagnosisWay {
  const service = clientService(facts);
  const { namespace } = facts.database;
  const { clientPort } = facts.observation;
  const membership = membershipOf(workload);
  const strict = isStrict(facts, now);
  const situation = { facts, client, workload, membership, strict, now };
  const host = `${service?.metadata.name ?? facts.spec.name}.${namespace}.svc`;
  return askAll('mesh', `${host}:${clientPort}`, [
    ['client', () => isPresent(facts.database.kubernetesCluster, workload)],
    ['service', () => standsBehind(facts, service)],
    [
      'dns',
      () =>
        namesResolve(
          workload.networkPolicies,
          clientPods(workload),
          membership.mode === 'ambient',
        ),
    ],
    ['egress', () => leaves(situation)],
    ['ingress', () => enters(situation)],
    ['membership', () => isMember(situation)],
    ['authorization', () => isAllowed(situation)],
    ['login', () => fromChecks([accessLogin], facts, now)],
  ]);
}

/** The Service for clients: the one with an address of its own, before the headless one. */
function clientService(facts: Facts): KubernetesObject | undefined {
  const services = servicesOfPods(facts).filter(({ spec }) =>
    (spec?.ports ?? []).some(
      ({ port }: { port: number }) => port === facts.observation.clientPort,
    ),
  );
  const own = services.find(({ spec }) => spec?.clusterIP !== 'None');
  return own ?? services[0];
}

function standsBehind(
  facts: Facts,
  service: KubernetesObject | undefined,
): Answer {
  const { namespace } = facts.database;
  const { services, endpointSlices } = facts;
  if (!services.known) return notLooked('The Services', services);
  if (!service) {
    return failing(
      `No Service in "${namespace}" leads to the database's port ${facts.observation.clientPort}`,
      {
        text: 'Press "Repair drift": that puts its Services back.',
        command: `kubectl get services -n ${namespace}`,
      },
    );
  }
  const { name } = service.metadata;
  if (!endpointSlices.known) {
    return notLooked('The EndpointSlices', endpointSlices);
  }
  const ready = readyPods(name, endpointSlices.value);
  return ready > 0
    ? ok(`Service "${namespace}/${name}" leads to ${count(ready, 'ready pod')}`)
    : failing(`Service "${namespace}/${name}" has no ready pod behind it`, {
        text: "See whether the database's pods are ready.",
        command: `kubectl get pods -n ${namespace}`,
      });
}

/** Each pod once, though each family of addresses has slices of its own; `ready` that is absent means yes. */
export function readyPods(
  service: string,
  slices: readonly KubernetesObject[],
): number {
  const endpoints: ReadonlyArray<{
    addresses: readonly string[];
    conditions?: { ready?: boolean | null };
    targetRef?: { name?: string };
  }> = slices
    .filter(({ metadata }) => metadata.labels?.[SERVICE_LABEL] === service)
    .flatMap(slice => slice.endpoints ?? []);
  const ready = endpoints.filter(({ conditions }) => conditions?.ready ?? true);
  return new Set(
    ready.map(({ targetRef, addresses }) => targetRef?.name ?? addresses[0]),
  ).size;
}

function leaves({ facts, workload, membership }: Situation): Answer {
  const { namespace } = workload;
  const ports = portsOnTheWire(facts, membership);
  return packetsPass(facts, {
    direction: 'Egress',
    policies: workload.networkPolicies,
    pods: clientPods(workload),
    peers: databasePods(facts),
    ports,
    remedy: {
      text: `Let the client's pods out to TCP port ${ports.join(
        ' and ',
      )} of namespace "${
        facts.database.namespace
      }", in a NetworkPolicy of namespace "${namespace}".`,
      command: `kubectl get networkpolicies -n ${namespace}`,
    },
  });
}

function enters({ facts, workload, membership }: Situation): Answer {
  const listed = isListed(facts, workload);
  return packetsPass(facts, {
    direction: 'Ingress',
    policies: facts.networkPolicies,
    pods: databasePods(facts),
    peers: clientPods(workload),
    ports: portsOnTheWire(facts, membership),
    remedy: listed
      ? {
          text: 'The spec allows this client. Press "Repair drift", and look for a NetworkPolicy that is not of Ringfence.',
          command: `kubectl get networkpolicies -n ${facts.database.namespace}`,
        }
      : ADD_CLIENT,
    spec: listed ? undefined : specLines(workload),
  });
}

/**
 * Which port packets carry. A client outside of the mesh is judged as if it had
 * joined: that it has not is an answer of its own.
 */
function portsOnTheWire(facts: Facts, { mode }: Membership): number[] {
  const { meshMode, clientPort } = facts.observation;
  const hasAmbient =
    !facts.platform.known || facts.platform.value.istio?.ambient !== undefined;
  if (meshMode === 'none') return [clientPort];
  if (meshMode === 'ambient') {
    return mode === 'sidecar' ? [HBONE_PORT, clientPort] : [HBONE_PORT];
  }
  if (mode === 'ambient') return [HBONE_PORT];
  return hasAmbient ? [clientPort, HBONE_PORT] : [clientPort];
}

function isStrict(facts: Facts, now: Date): Verdict {
  if (facts.observation.meshMode === 'none') return 'no';
  const findings = runChecks([meshStrict], facts, now);
  return agreed(
    findings.map(({ status }): Verdict => {
      if (status === 'unknown') return 'unknown';
      return status === 'ok' ? 'yes' : 'no';
    }),
  );
}

function isMember({ facts, workload, membership, strict }: Situation): Answer {
  const { namespace } = workload;
  const { mode, how } = membership;
  if (mode === 'unknown') {
    return unknown(`Whether the client is in the mesh cannot be told: ${how}`);
  }
  if (mode !== 'none') return ok(sentence(how));
  return byVerdict(strict, {
    no: () => ok(`${sentence(how)}; the database takes plaintext too`),
    yes: () =>
      failing(`${sentence(how)}, and the database refuses plaintext`, {
        text: `Take namespace "${namespace}" into the mesh, or come in through the gateway.`,
        command: joinCommand(facts, namespace),
      }),
    unknown: () =>
      unknown(
        `${sentence(
          how,
        )}, and whether the database refuses plaintext is not known`,
      ),
  });
}

function joinCommand(facts: Facts, namespace: string): string {
  const label =
    facts.observation.meshMode === 'sidecar'
      ? 'istio-injection=enabled'
      : 'istio.io/dataplane-mode=ambient';
  return `kubectl label namespace ${namespace} ${label}`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
