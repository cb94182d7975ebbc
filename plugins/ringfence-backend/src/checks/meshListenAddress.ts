import {
  isAtLeast,
  parseVersion,
  type Check,
  type CheckResult,
  type Facts,
  type KubernetesObject,
  type Version,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  ok,
  notLooked,
  seenAt,
  unknown,
} from './results';
import { list } from './words';

/** Since then sidecars forward to the pod's address, before to 127.0.0.1. @see https://istio.io/latest/blog/2021/upcoming-networking-changes/ */
const FORWARDS_TO_POD_SINCE: Version = [1, 10, 0];

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|::1)$/;
/** `listen_address`, `CASSANDRA_RPC_ADDRESS`, `--listen-address`; those that are told to others do not say where it listens. */
const LISTENS = /(?<!broadcast[-_])(listen|rpc)[-_]address$/i;

/** Whether the database listens where its sidecar forwards to. */
export const meshListenAddress: Check = {
  id: 'mesh.listen-address',
  title: 'The database listens where its sidecar forwards to',
  category: 'mesh',
  reasons: {
    Reachable: "The database listens where this version's sidecars forward to.",
    Localhost:
      'The database listens on 127.0.0.1. That was right before Istio 1.10; since then sidecars forward to the address of the pod, and nobody answers there.',
    VersionNotKnown:
      "The database listens on 127.0.0.1, and Istio's version is not known: before 1.10 that is right, since then wrong.",
    NoStatefulSet: 'There is no StatefulSet to look at.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.observation.meshMode !== 'sidecar') return [];
    const { statefulSet } = facts;
    if (!statefulSet.known) return notLooked('The StatefulSet', statefulSet);
    return seenAt(
      statefulSet.value
        ? judge(facts, statefulSet.value)
        : unknown(
            'NoStatefulSet',
            `StatefulSet "${facts.observation.statefulSet}" does not exist`,
          ),
      statefulSet,
    );
  },
};

function judge(facts: Facts, statefulSet: KubernetesObject): CheckResult {
  const text = facts.platform.known
    ? facts.platform.value.istio?.version
    : undefined;
  const version = parseVersion(text);
  const local = localSettings(facts, statefulSet);
  const evidence = { istio: text ?? 'not known', settings: local };
  const remedy = {
    text: `Take ${list(
      local,
    )} out of the StatefulSet, or press "Repair drift": that puts the pod's address back.`,
    command: `kubectl edit statefulset ${statefulSet.metadata.name} -n ${facts.database.namespace}`,
  };
  if (local.length === 0 || isOld(version)) {
    return ok(
      'Reachable',
      'The database listens where its sidecar forwards to',
      evidence,
    );
  }
  return version
    ? failing(
        'Localhost',
        `The database listens on localhost (${list(
          local,
        )}), where sidecars of Istio ${text} do not forward to`,
        evidence,
        remedy,
      )
    : unknown(
        'VersionNotKnown',
        `The database listens on localhost (${list(
          local,
        )}), and Istio's version is not known`,
        {
          text: "Let Ringfence read istiod's Deployment; since Istio 1.10 this setting is wrong.",
        },
        evidence,
      );
}

function isOld(version: Version | undefined): boolean {
  return version !== undefined && !isAtLeast(version, FORWARDS_TO_POD_SINCE);
}

interface Container {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** Each setting that keeps the database on localhost, as `name=value`. */
function localSettings(facts: Facts, { spec }: KubernetesObject): string[] {
  const containers: readonly Container[] =
    spec?.template?.spec?.containers ?? [];
  const container = containers.find(
    ({ name }) => name === facts.observation.container,
  );
  if (!container) return [];
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  const settings = [
    ...(container.env ?? []).map(({ name, value = '' }) => [name, value]),
    ...argumentPairs(words),
  ];
  return settings
    .filter(([name, value]) => LISTENS.test(name) && LOOPBACK.test(value))
    .map(([name, value]) => `${name}=${value}`);
}

/** `--name value`, `--name=value` and `-Dcassandra.name=value`. */
function argumentPairs(words: readonly string[]): string[][] {
  return words.map((word, index) => {
    const at = word.indexOf('=');
    return at > 0
      ? [word.slice(0, at), word.slice(at + 1)]
      : [word, words[index + 1] ?? ''];
  });
}
