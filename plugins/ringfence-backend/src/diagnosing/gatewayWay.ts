import type { DiagnosisWay } from '@ringfence/backstage-plugin-ringfence-common';
import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { hostPort } from '@ringfence/connection/dial';
import { accessLogin } from '../checks/accessLogin';
import { certificateNames } from '../checks/certificateNames';
import { certificateServed } from '../checks/certificateServed';
import { gatewayEndpoints } from '../checks/gatewayEndpoints';
import { gatewayProgrammed } from '../checks/gatewayProgrammed';
import { gatewayRoute } from '../checks/gatewayRoute';
import { objectText } from '../checks/objects';
import {
  askAll,
  byVerdict,
  failing,
  fromChecks,
  notLooked,
  ok,
  unknown,
  type Answer,
  type Asked,
} from './answers';
import { authorizes } from '../checks/authorizes';
import { clientPods, gatewayPods } from './ends';
import { membershipOf } from './membership';
import { OUTSIDE } from './networkPolicies';
import { namesResolve, packetsPass } from './packets';
import { isPresent } from './present';
import type { Client, Workload } from './readClient';
import { agreed } from '../checks/verdict';

/** The way in by TLS through the gateway, which is open to whoever has a bundle and the password. */
export function gatewayWay(
  facts: Facts,
  client: Client,
  now: Date,
): DiagnosisWay {
  const { workload } = client;
  const [port] = facts.access.tlsPorts;
  const host = workload ? facts.access.inClusterHost : outsideHost(facts);
  const first: Asked[] = workload
    ? [
        ['client', () => isPresent(facts.database.kubernetesCluster, workload)],
        ['dns', () => asksForNames(workload)],
        ['egress', () => leaves(facts, client, workload)],
      ]
    : [['address', () => hasAddress(facts)]];
  const last: Asked[] = workload ? [] : [['client', () => ownSide()]];
  return askAll('gateway', hostPort(host, port), [
    ...first,
    ['ingress', () => enters(facts, client)],
    ['authorization', () => isAllowed(facts, client)],
    [
      'listeners',
      () => fromChecks([gatewayProgrammed, gatewayRoute], facts, now),
    ],
    [
      'certificate',
      () => fromChecks([certificateServed, certificateNames], facts, now),
    ],
    ['service', () => fromChecks([gatewayEndpoints], facts, now)],
    ['login', () => fromChecks([accessLogin], facts, now)],
    ...last,
  ]);
}

function outsideHost({ access, gatewayAddresses }: Facts): string {
  const [address] = gatewayAddresses.known ? gatewayAddresses.value : [];
  return access.hostname ?? address?.value ?? access.serverName;
}

function asksForNames(workload: Workload): Answer {
  const inAmbient = membershipOf(workload).mode === 'ambient';
  return namesResolve(
    workload.networkPolicies,
    clientPods(workload),
    inAmbient,
  );
}

/** Being reached from the portal says that name and port work, though not for everybody. */
function hasAddress(facts: Facts): Answer {
  const { gatewayAddresses, served, access } = facts;
  const what = access.gateway ? objectText(access.gateway) : 'The Gateway';
  if (!gatewayAddresses.known) return notLooked(what, gatewayAddresses);
  const [address] = gatewayAddresses.value;
  if (!address) {
    return failing(`${what} has no address yet`, {
      text: 'See what the Gateway and its Service wait for; without a load balancer no address is given.',
      command: `kubectl describe gateways.gateway.networking.k8s.io ${access.gateway?.name} -n ${facts.database.namespace}`,
    });
  }
  const host = outsideHost(facts);
  return served.known
    ? ok(`The portal reaches the gateway at ${host}`)
    : unknown(
        `The portal does not reach the gateway at ${host}: ${served.why}`,
        {
          text:
            served.remedy ??
            'Run "Test connection": it stops at the step that fails.',
        },
      );
}

function leaves(facts: Facts, client: Client, workload: Workload): Answer {
  const { namespace } = workload;
  const [port] = facts.access.tlsPorts;
  return packetsPass(facts, {
    direction: 'Egress',
    policies: workload.networkPolicies,
    pods: clientPods(workload),
    peers: gatewayPods(facts, client),
    ports: [port],
    remedy: {
      text: `Let the client's pods out to TCP port ${port} of namespace "${facts.database.namespace}", in a NetworkPolicy of namespace "${namespace}".`,
      command: `kubectl get networkpolicies -n ${namespace}`,
    },
  });
}

function enters(facts: Facts, client: Client): Answer {
  const { namespace } = facts.database;
  const [port] = facts.access.tlsPorts;
  return packetsPass(facts, {
    direction: 'Ingress',
    policies: facts.networkPolicies,
    pods: gatewayPods(facts, client),
    peers: client.workload ? clientPods(client.workload) : [OUTSIDE],
    ports: [port],
    remedy: {
      text: `Let clients in to the gateway's pods on TCP port ${port}: Ringfence's own NetworkPolicy is for the database's pods only, so another one closes it.`,
      command: `kubectl get networkpolicies -n ${namespace}`,
    },
  });
}

/** The gateway ends TLS: what comes in there carries no identity of the mesh. */
function isAllowed(facts: Facts, client: Client): Answer {
  const { authorizationPolicies, database, access } = facts;
  const { meshAuthorizationPolicies } = client;
  const what = `the AuthorizationPolicies of "${database.namespace}"`;
  if (!authorizationPolicies.known) {
    return notLooked(what, authorizationPolicies);
  }
  if (!meshAuthorizationPolicies.known) {
    return notLooked('Those of the whole mesh', meshAuthorizationPolicies);
  }
  const policies = [
    ...authorizationPolicies.value,
    ...meshAuthorizationPolicies.value,
  ];
  const pods = gatewayPods(facts, client).filter(({ labels }) => labels);
  const verdict =
    policies.length === 0
      ? 'yes'
      : agreed(
          pods.map(({ labels = {} }) =>
            authorizes(policies, {
              labels,
              port: access.tlsPorts[0],
              gateway: access.gateway?.name,
            }),
          ),
        );
  return byVerdict(verdict, {
    yes: () => ok('No AuthorizationPolicy keeps clients from the gateway'),
    no: () =>
      failing(`One of ${what} refuses clients at the gateway`, {
        text: "Have that policy select the database's pods only: clients from outside carry no identity of the mesh.",
        command: `kubectl get authorizationpolicies -n ${database.namespace}`,
      }),
    unknown: () =>
      unknown(
        `Whether ${what} let clients in at the gateway cannot be told: ${
          pods.length === 0
            ? 'no pod of the gateway was found'
            : 'a condition in them is not understood'
        }`,
      ),
  });
}

/** What nobody here can see. */
function ownSide(): Answer {
  return unknown(
    "The laptop's own name service, VPN and firewalls cannot be seen from here",
    {
      text: 'Run this beside the downloaded bundle: it goes the same way from there, and stops at the step that fails.',
      command: 'npx @ringfence/connect check <bundle>',
    },
  );
}
