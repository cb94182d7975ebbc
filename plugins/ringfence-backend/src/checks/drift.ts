import {
  SPEC_CONFIG_MAP,
  type FindingCategory,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Check,
  CheckResult,
  DriftedField,
  Facts,
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
import { count, list } from './words';

/** Which part of the fence an object of a kind is of; all others are of the ring. */
const CATEGORIES: Readonly<Record<string, FindingCategory>> = {
  Certificate: 'certificate',
  Issuer: 'certificate',
  Namespace: 'mesh',
  PeerAuthentication: 'mesh',
  AuthorizationPolicy: 'mesh',
  NetworkPolicy: 'mesh',
  Sidecar: 'mesh',
  DestinationRule: 'mesh',
  Gateway: 'gateway',
  TCPRoute: 'gateway',
  TLSRoute: 'gateway',
  HTTPRoute: 'gateway',
  VirtualService: 'gateway',
  Secret: 'access',
  ServiceAccount: 'access',
};

/** The ConfigMap with the spec is of no part of the fence. */
const categoryOfSpec: FindingCategory = 'ring';

/** Whether the objects of one part of the fence are as the stored spec says. */
function driftOf(category: FindingCategory, things: string): Check {
  return {
    id: `${category}.drift`,
    title: `${things} are as the spec says`,
    category,
    reasons: {
      AsSpecified: 'Every field that the spec decides has the value it says.',
      Changed:
        'Somebody has changed a field that the spec decides. The evidence says which, and who did; the list of manifests on the page of the database tells its owners from what to what.',
      SpecChanged:
        'The stored spec is not the one that was provisioned. What the objects should be is not known until it is provisioned again.',
      Missing: 'Somebody has deleted an object that the spec asks for.',
      [NOT_LOOKED]: NOT_LOOKED_MEANING,
    },
    run(facts) {
      if (!facts.drift.known) {
        return notLooked('What differs from the spec', facts.drift);
      }
      const spec = facts.drift.value.find(field => isSpec(facts, field));
      if (spec) {
        const result = specChanged(facts, spec, category, things);
        return [seenAt(result, facts.drift)];
      }
      const fields = facts.drift.value.filter(
        ({ object }) => categoryOf(facts, object) === category,
      );
      return judge(fields, things).map(result => seenAt(result, facts.drift));
    },
  };
}

export const certificateDrift = driftOf(
  'certificate',
  'Certificates and issuers',
);
export const meshDrift = driftOf('mesh', 'Namespace and policies');
export const gatewayDrift = driftOf('gateway', 'Gateway and routes');
export const ringDrift = driftOf('ring', 'StatefulSet and Services');
export const accessDrift = driftOf('access', 'Secrets and accounts');

/** @param object - such as `StatefulSet orders/orders` */
function categoryOf({ access }: Facts, object: string): FindingCategory {
  const [kind, name = ''] = object.split(' ');
  // The parameters of the Gateway are in a ConfigMap of its name.
  const { gateway } = access;
  if (gateway && kind === 'ConfigMap' && name.endsWith(`/${gateway.name}`)) {
    return 'gateway';
  }
  return CATEGORIES[kind] ?? 'ring';
}

function isSpec({ spec }: Facts, { object, field }: DriftedField): boolean {
  return (
    object === `ConfigMap ${spec.namespace}/${SPEC_CONFIG_MAP}` &&
    field === 'data.spec.yaml'
  );
}

/** Whoever did it could have the fence opened by what puts objects back. */
function specChanged(
  { spec: { namespace } }: Facts,
  { wanted = '', found = '', manager }: DriftedField,
  category: FindingCategory,
  things: string,
): CheckResult {
  const remedy = {
    text: 'Provision the database from the form: with its own spec to undo the change, with the changed one to accept it. Until then "Repair drift" refuses.',
    command: `kubectl get configmap ${SPEC_CONFIG_MAP} -n ${namespace} -o yaml --show-managed-fields`,
  };
  const by = manager ? ` (${manager})` : '';
  // One of the five tells it; the others must not say ok meanwhile.
  return categoryOfSpec === category
    ? failing(
        'SpecChanged',
        `The stored spec was changed by somebody else${by}`,
        { provisioned: wanted, stored: found },
        remedy,
      )
    : unknown(
        'SpecChanged',
        `What ${things} should be is not known: the stored spec was changed by somebody else${by}`,
        remedy,
      );
}

function judge(fields: readonly DriftedField[], things: string): CheckResult[] {
  const missing = fields.filter(({ field }) => field === undefined);
  const changed = fields.filter(({ field }) => field !== undefined);
  const results: CheckResult[] = [];
  if (missing.length > 0) {
    const objects = unique(missing.map(({ object }) => object));
    results.push(
      warning(
        'Missing',
        `${list(objects)} ${
          objects.length === 1 ? 'does' : 'do'
        } not exist, though the spec asks for it`,
        { missing: objects },
        repair(objects[0]),
      ),
    );
  }
  if (changed.length > 0) results.push(changedResult(changed));
  return results.length > 0
    ? results
    : [ok('AsSpecified', `${things} are as the spec says`)];
}

function changedResult(changed: readonly DriftedField[]): CheckResult {
  const objects = unique(changed.map(({ object }) => object));
  const managers = unique(
    changed.flatMap(({ manager }) => (manager ? [manager] : [])),
  );
  const by = managers.length > 0 ? `, by ${list(managers)}` : '';
  return warning(
    'Changed',
    `${count(changed.length, 'field')} of ${list(objects)} ${
      changed.length === 1 ? 'differs' : 'differ'
    } from the spec${by}`,
    { fields: changed.map(fieldText), managers },
    repair(objects[0]),
  );
}

/** Without its values: anybody may have written anything there, and a report is for all who may read. */
function fieldText({ object, field, manager }: DriftedField): string {
  return `${object} ${field}${manager ? ` (${manager})` : ''}`;
}

function repair(object: string) {
  const [kind, path = ''] = object.split(' ');
  const [name, namespace] = path.split('/').reverse();
  return {
    text: 'Press "Repair drift": it puts back what the spec says. If the change is wanted, put it into the spec instead and provision again.',
    command: `kubectl get ${kind.toLowerCase()} ${name}${
      namespace ? ` -n ${namespace}` : ''
    } -o yaml --show-managed-fields`,
  };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
