import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { selectsSomePods, type Labels } from './objects';

/** A rule of an AuthorizationPolicy, as far as it matters here. @see https://istio.io/latest/docs/reference/config/security/authorization-policy/ */
export interface Rule {
  readonly from?: ReadonlyArray<{
    readonly source?: Readonly<Record<string, readonly string[]>>;
  }>;
  readonly to?: ReadonlyArray<{
    readonly operation?: { readonly ports?: readonly string[] };
  }>;
  readonly when?: ReadonlyArray<{
    readonly key: string;
    readonly values?: readonly string[];
  }>;
}

/** What names who may come; the other fields of a source only leave some out. */
const NAMING = ['principals', 'namespaces', 'serviceAccounts', 'ipBlocks'];

/** Policies add up: one open rule on one pod is a way in, whatever the others say. */
export function letsAnybodyIn(facts: Facts, policy: KubernetesObject): boolean {
  if (!selectsSomePods(facts, selectorOf(policy))) return false;
  return rulesOf(policy).some(
    rule => coversPorts(facts, rule) && !namesSources(rule),
  );
}

export function rulesOf({ spec }: KubernetesObject): readonly Rule[] {
  return spec?.rules ?? [];
}

/**
 * The ports of the nodes that the mesh must guard. Between nodes nobody logs in:
 * who reaches those ports reads everything.
 */
export function portsOf({
  observation: { clientPort, restPort, ringPorts = [] },
}: Facts): number[] {
  return [clientPort, ...(restPort ? [restPort] : []), ...ringPorts];
}

export function coversPorts(facts: Facts, { to = [] }: Rule): boolean {
  if (to.length === 0) return true;
  const ports = portsOf(facts).map(String);
  return to.some(
    ({ operation }) =>
      operation?.ports?.some(port => ports.includes(port)) ?? true,
  );
}

function namesSources({ from = [], when = [] }: Rule): boolean {
  const isNamed = when.some(
    ({ key, values = [] }) =>
      key.startsWith('source.') &&
      values.length > 0 &&
      values.every(value => namesOne(key === 'source.principal', value)),
  );
  if (isNamed) return true;
  if (from.length === 0) return false;
  return from.every(({ source = {} }) =>
    NAMING.some(field => {
      const named = source[field] ?? [];
      return (
        named.length > 0 &&
        named.every(value => namesOne(field === 'principals', value))
      );
    }),
  );
}

/** Whether a value is for somebody in particular: not every address, nor an identity of any namespace. */
function namesOne(isIdentity: boolean, value: string): boolean {
  if (/\/0$/.test(value) || /^\*+$/.test(value)) return false;
  return !isIdentity || !value.includes('*') || /\/ns\/[^*/]+\//.test(value);
}

export function selectorOf(policy: KubernetesObject): Labels {
  return policy.spec?.selector?.matchLabels ?? {};
}
