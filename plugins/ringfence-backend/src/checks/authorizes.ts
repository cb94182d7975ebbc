import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { Labels } from './objects';
import { selects } from './selector';
import { allOf, anyOf, is, not, type Verdict } from './verdict';

/** Whom a connection in the mesh comes from, and where it goes. */
export interface MeshRequest {
  /** Absent: the client has no identity, since it is not in the mesh. */
  readonly client?: {
    readonly namespace: string;
    readonly serviceAccount: string;
    /** Absent where it is not known. */
    readonly trustDomain?: string;
  };
  /** Of the pods that are dialled. */
  readonly labels: Labels;
  readonly port: number;
  /** The Gateway that the pods are of, where they are one's. */
  readonly gateway?: string;
}

type Source = Readonly<Record<string, readonly string[] | undefined>>;

interface Rule {
  readonly from?: ReadonlyArray<{ readonly source?: Source }>;
  readonly to?: ReadonlyArray<{ readonly operation?: Source }>;
  readonly when?: readonly unknown[];
}

/**
 * Whether AuthorizationPolicies let a connection through: DENY goes first, and
 * with one ALLOW for the pods only what a rule names comes in.
 *
 * @param policies - those of the pods' namespace and of the mesh's root namespace
 * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export function authorizes(
  policies: readonly KubernetesObject[],
  request: MeshRequest,
): Verdict {
  const applied = policies
    .map(policy => ({ policy, applies: appliesTo(policy, request) }))
    .filter(({ applies }) => applies !== 'no');
  const ofAction = (action: string) =>
    applied.filter(({ policy }) => actionOf(policy) === action);
  const matched = (action: string) =>
    anyOf(
      ofAction(action).map(({ policy, applies }) =>
        allOf([applies, matchesAny(policy, request)]),
      ),
    );
  const allowing = ofAction('ALLOW');
  const restricted = anyOf(allowing.map(({ applies }) => applies));
  return allOf([
    // Somebody else's server decides.
    ofAction('CUSTOM').length > 0 ? 'unknown' : 'yes',
    not(matched('DENY')),
    anyOf([not(restricted), matched('ALLOW')]),
  ]);
}

/** ALLOW is the action of a policy that names none. */
function actionOf({ spec }: KubernetesObject): string {
  return spec?.action ?? 'ALLOW';
}

/** One with targets holds at what they name; of Services it is a waypoint that asks it. */
function appliesTo(
  { spec }: KubernetesObject,
  { labels, gateway }: MeshRequest,
): Verdict {
  const targets: ReadonlyArray<{ kind: string; name: string }> = [
    ...(spec?.targetRef ? [spec.targetRef] : []),
    ...(spec?.targetRefs ?? []),
  ];
  if (targets.length === 0) return selects(spec?.selector ?? {}, labels);
  return anyOf(
    targets.map(({ kind, name }) =>
      kind === 'Gateway' ? is(name === gateway) : 'unknown',
    ),
  );
}

/** No rules match nothing; one empty rule matches everything. */
function matchesAny(policy: KubernetesObject, request: MeshRequest): Verdict {
  const rules: readonly Rule[] = policy.spec?.rules ?? [];
  return anyOf(rules.map(rule => matchesRule(rule, request)));
}

function matchesRule(
  { from = [], to = [], when = [] }: Rule,
  request: MeshRequest,
): Verdict {
  return allOf([
    from.length === 0
      ? 'yes'
      : anyOf(from.map(({ source = {} }) => isSource(source, request))),
    to.length === 0
      ? 'yes'
      : anyOf(to.map(({ operation = {} }) => isOperation(operation, request))),
    when.length === 0 ? 'yes' : 'unknown',
  ]);
}

function isSource(source: Source, { client }: MeshRequest): Verdict {
  const identities = client && principalsOf(client);
  const judges: Record<string, (values: readonly string[]) => Verdict> = {
    principals: values =>
      isOneOf(values, identities, client?.trustDomain === undefined),
    namespaces: values => isOneOf(values, client && [client.namespace]),
    serviceAccounts: values => isServiceAccount(values, client),
  };
  return every(source, judges);
}

function isOperation(operation: Source, { port }: MeshRequest): Verdict {
  return every(operation, {
    ports: values => is(values.includes(String(port))),
  });
}

/** All that is said must hold; `not<Field>` is the contrary of a field, and a field of another kind is not understood. */
function every(
  fields: Source,
  judges: Record<string, (values: readonly string[]) => Verdict>,
): Verdict {
  return allOf(
    Object.entries(fields).map(([field, values = []]) => {
      if (values.length === 0) return 'yes';
      if (judges[field]) return judges[field](values);
      const contrary = field.replace(/^not(.)/, (_all, first: string) =>
        first.toLowerCase(),
      );
      return judges[contrary] ? not(judges[contrary](values)) : 'unknown';
    }),
  );
}

/** As policies write it; `cluster.local` stands for the mesh's own trust domain. */
function principalsOf({
  namespace,
  serviceAccount,
  trustDomain,
}: NonNullable<MeshRequest['client']>): string[] {
  const rest = `ns/${namespace}/sa/${serviceAccount}`;
  return [...new Set([trustDomain ?? '?', 'cluster.local'])].map(
    domain => `${domain}/${rest}`,
  );
}

/** Whether a pattern fits one of the texts: exact, `prefix*`, `*suffix` or `*`. */
function isOneOf(
  patterns: readonly string[],
  texts: readonly string[] | undefined,
  uncertain = false,
): Verdict {
  if (!texts) return 'no';
  const found = patterns.some(pattern =>
    texts.some(text => like(pattern, text)),
  );
  if (found) return 'yes';
  return uncertain ? 'unknown' : 'no';
}

function like(pattern: string, text: string): boolean {
  if (pattern === '*') return true;
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  return pattern === text;
}

/** `namespace/name`; a name alone is one of the policy's own namespace, which is not at hand. */
function isServiceAccount(
  values: readonly string[],
  client: MeshRequest['client'],
): Verdict {
  if (!client) return 'no';
  const { namespace, serviceAccount } = client;
  if (values.includes(`${namespace}/${serviceAccount}`)) return 'yes';
  return values.includes(serviceAccount) ? 'unknown' : 'no';
}
