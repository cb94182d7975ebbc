import type { DiagnosisWay } from '@ringfence/backstage-plugin-ringfence-common';
import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { hostPort } from '@ringfence/connection/dial';
import { accessLogin } from '../checks/accessLogin';
import { certificateNames } from '../checks/certificateNames';
import { count } from '../checks/words';
import { ADD_CLIENT } from './accessClients';
import {
  askAll,
  failing,
  fromChecks,
  notLooked,
  ok,
  unknown,
  type Answer,
  type Asked,
} from './answers';
import { clientPods, databasePods } from './ends';
import { readyPods } from './meshWay';
import { OUTSIDE } from './networkPolicies';
import { namesResolve, packetsPass } from './packets';
import { isPresent } from './present';
import type { Client, Workload } from './readClient';

/**
 * The way in by TLS to the nodes themselves, by the name of their Service, or by
 * one that somebody leads to them.
 */
export function nodesWay(
  facts: Facts,
  { workload }: Client,
  now: Date,
): DiagnosisWay {
  const { hostname, inClusterHost, tlsPorts } = facts.access;
  const host = workload ? inClusterHost : hostname ?? inClusterHost;
  const first: Asked[] = workload
    ? [
        ['client', () => isPresent(facts.database.kubernetesCluster, workload)],
        ['service', () => standsBehind(facts)],
        [
          'dns',
          () =>
            namesResolve(workload.networkPolicies, clientPods(workload), false),
        ],
        ['egress', () => leaves(facts, workload)],
      ]
    : [['address', () => leadsSomewhere(host)]];
  return askAll('nodes', hostPort(host, tlsPorts[0]), [
    ...first,
    ['ingress', () => enters(facts, workload)],
    ['certificate', () => certificateIsGood(facts, now)],
    ['login', () => fromChecks([accessLogin], facts, now)],
  ]);
}

function leadsSomewhere(host: string): Answer {
  return unknown(
    `Where "${host}" leads from outside cannot be seen from here: it is none of Ringfence's`,
    {
      text: 'Run this beside the downloaded bundle: it stops at the step that fails.',
      command: 'npx @ringfence/connect check <bundle>',
    },
  );
}

function standsBehind({ access, database, endpointSlices }: Facts): Answer {
  const [service] = access.inClusterHost.split('.');
  if (!endpointSlices.known) {
    return notLooked('The EndpointSlices', endpointSlices);
  }
  const ready = readyPods(service, endpointSlices.value);
  const { namespace } = database;
  return ready > 0
    ? ok(
        `Service "${namespace}/${service}" leads to ${count(
          ready,
          'ready node',
        )}`,
      )
    : failing(`Service "${namespace}/${service}" has no ready node behind it`, {
        text: "See whether the database's pods are ready, and whether its operator has made the Service.",
        command: `kubectl get pods,services -n ${namespace}`,
      });
}

function leaves(facts: Facts, workload: Workload): Answer {
  const [port] = facts.access.tlsPorts;
  const { namespace } = workload;
  return packetsPass(facts, {
    direction: 'Egress',
    policies: workload.networkPolicies,
    pods: clientPods(workload),
    peers: databasePods(facts),
    ports: [port],
    remedy: {
      text: `Let the client's pods out to TCP port ${port} of namespace "${facts.database.namespace}", in a NetworkPolicy of namespace "${namespace}".`,
      command: `kubectl get networkpolicies -n ${namespace}`,
    },
  });
}

function enters(facts: Facts, workload: Workload | undefined): Answer {
  return packetsPass(facts, {
    direction: 'Ingress',
    policies: facts.networkPolicies,
    pods: databasePods(facts),
    peers: workload ? clientPods(workload) : [OUTSIDE],
    ports: [facts.access.tlsPorts[0]],
    remedy: workload
      ? ADD_CLIENT
      : {
          text: 'NetworkPolicies let in the namespaces of access.clients alone: what leads to the nodes from outside must run in one of them.',
          command: `kubectl get networkpolicies -n ${facts.database.namespace}`,
        },
    spec: workload && specLines(workload),
  });
}

/** Here, a client is known by its namespace. */
function specLines({ namespace }: Workload): string {
  return ['access:', '  clients:', `    - namespace: ${namespace}`].join('\n');
}

function certificateIsGood(facts: Facts, now: Date): Answer {
  const { access, database, served } = facts;
  if (!served.known) return notLooked('What the nodes show', served);
  if (!served.value.verified) {
    return failing(
      `What a node shows does not verify for "${access.serverName}": ${served.value.verificationError}`,
      {
        text: 'See what the check certificate.reloaded says.',
        command: `kubectl describe certificate ${access.certificate} -n ${database.namespace}`,
      },
    );
  }
  const answer = fromChecks([certificateNames], facts, now);
  if (answer.status !== 'ok' || !access.clientCertificates) return answer;
  return ok(
    `${answer.summary}; the client must show a certificate of its own, which its bundle carries`,
  );
}
