import type {
  Check,
  CheckResult,
  KubernetesObject,
  ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  findCondition,
  isOutdated,
  objectText,
  type Condition,
} from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
} from './results';
import { count } from './words';

/** A listener as the Gateway's status tells it. */
interface Listener {
  readonly name: string;
  readonly conditions?: readonly Condition[];
}

/**
 * Whether the Gateway and every listener are in order. `Programmed` alone
 * proves nothing: Istio says True for it beside a listener without certificate.
 */
export const gatewayProgrammed: Check = {
  id: 'gateway.programmed',
  title: 'The Gateway is programmed',
  category: 'gateway',
  reasons: {
    Programmed:
      'Gateway and listeners are accepted, programmed and resolved, and there is an address.',
    NotExposed:
      'The spec says access.exposure: none, so there is no way in from outside.',
    DoesNotExist: 'There is no such Gateway.',
    NotTakenUp: 'No controller has looked at the Gateway.',
    NotAccepted: 'The controller refuses the Gateway.',
    NotProgrammed:
      'The Gateway is not in effect, for instance because it has no address.',
    ListenerInvalid:
      'A listener is not in effect, for instance because its certificate is missing.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.access.exposure === 'none') {
      return ok(
        'NotExposed',
        'The database is not exposed outside of the mesh, as the spec asks',
      );
    }
    const { gateway } = facts.access;
    // Clients dial the nodes themselves.
    if (!gateway) return [];
    if (!facts.gateway.known) {
      return notLooked(objectText(gateway), facts.gateway);
    }
    const result = facts.gateway.value
      ? judge(facts.gateway.value)
      : missing(gateway);
    return seenAt(result, facts.gateway);
  },
};

function missing(gateway: ObjectRef): CheckResult {
  return failing(
    'DoesNotExist',
    `${objectText(gateway)} does not exist`,
    {},
    {
      text: 'Press "Repair drift": that puts its Gateway back.',
    },
  );
}

function judge(gateway: KubernetesObject): CheckResult {
  const problems = [...gatewayProblems(gateway), ...listenerProblems(gateway)];
  const evidence = {
    addresses: (gateway.status?.addresses ?? []).map(
      ({ value }: { value: string }) => value,
    ),
    listeners: listenersOf(gateway).map(({ name }) => name),
  };
  if (problems.length === 0) {
    return ok(
      'Programmed',
      `${objectText(gateway)} is programmed with ${count(
        evidence.listeners.length,
        'listener',
      )}`,
      evidence,
    );
  }
  const [first] = problems;
  return failing(
    first.reason,
    `${objectText(gateway)}: ${first.text}`,
    { ...evidence, problems: problems.map(({ text }) => text) },
    {
      text: 'See what its controller says.',
      command: `kubectl describe gateways.gateway.networking.k8s.io ${gateway.metadata.name} -n ${gateway.metadata.namespace}`,
    },
  );
}

interface Problem {
  readonly reason: string;
  readonly text: string;
}

function gatewayProblems(gateway: KubernetesObject): Problem[] {
  const accepted = findCondition(gateway.status, 'Accepted');
  // A Gateway starts with Accepted=Unknown, reason Pending, written by its CRD's default.
  if (!accepted || accepted.status === 'Unknown') {
    return [{ reason: 'NotTakenUp', text: 'no controller has taken it up' }];
  }
  const problems = [
    ...problemOf(gateway, accepted, 'NotAccepted'),
    ...['Programmed', 'ResolvedRefs'].flatMap(type =>
      problemOf(gateway, findCondition(gateway.status, type), 'NotProgrammed'),
    ),
  ];
  const addresses = gateway.status?.addresses ?? [];
  return problems.length > 0 || addresses.length > 0
    ? problems
    : [{ reason: 'NotProgrammed', text: 'it has no address' }];
}

function listenerProblems(gateway: KubernetesObject): Problem[] {
  const told = listenersOf(gateway);
  const untold = wantedListeners(gateway)
    .filter(({ name }) => !told.some(listener => listener.name === name))
    .map(({ name }) => ({
      reason: 'ListenerInvalid',
      text: `listener "${name}": its controller has said nothing of it`,
    }));
  const problems = told.flatMap(listener =>
    ['ResolvedRefs', 'Accepted', 'Programmed'].flatMap(type =>
      problemOf(
        gateway,
        findCondition(listener, type),
        'ListenerInvalid',
        `listener "${listener.name}": `,
      ),
    ),
  );
  return [...problems, ...untold];
}

/** A condition that is absent is no problem: older controllers write fewer of them. */
function problemOf(
  gateway: KubernetesObject,
  condition: Condition | undefined,
  reason: string,
  prefix = '',
): Problem[] {
  if (!condition) return [];
  if (condition.status === 'True') {
    return isOutdated(condition, gateway)
      ? [
          {
            reason,
            text: `${prefix}${condition.type} is said of an older spec, not of the present one`,
          },
        ]
      : [];
  }
  return [
    {
      reason,
      text: `${prefix}${condition.reason ?? condition.type}: ${
        condition.message ?? 'no message'
      }`,
    },
  ];
}

function wantedListeners(gateway: KubernetesObject): { name: string }[] {
  return gateway.spec?.listeners ?? [];
}

function listenersOf(gateway: KubernetesObject): Listener[] {
  return gateway.status?.listeners ?? [];
}
