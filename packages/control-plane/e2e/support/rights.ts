import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isForbidden, type AuditEvent } from './auditLog';
import { ROOT } from '../../src/root';

const RBAC_DIR = join(ROOT, 'deploy', 'rbac');
const CREATED = 201;

/** One verb on one resource that a role of `deploy/rbac` grants. */
export interface Grant {
  readonly role: string;
  readonly apiGroup: string;
  /** With its subresource: `pods/exec`. */
  readonly resource: string;
  readonly verb: string;
}

/** A grant in words: `ringfence-portal: list pods`. */
export function describeGrant({ role, apiGroup, resource, verb }: Grant) {
  return `${role}: ${verb} ${resourceText({ resource, apiGroup })}`;
}

/** Everything that the files grant, verb by verb. */
export function readGrants(): Grant[] {
  return readdirSync(RBAC_DIR)
    .flatMap(file =>
      parseAllDocuments(readFileSync(join(RBAC_DIR, file), 'utf8')),
    )
    .map(document => document.toJS())
    .filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role')
    .flatMap(({ metadata, rules }) =>
      rules.flatMap((rule: any) => grantsOf(metadata.name, rule)),
    );
}

function grantsOf(role: string, rule: any): Grant[] {
  return rule.apiGroups.flatMap((apiGroup: string) =>
    rule.resources.flatMap((resource: string) =>
      rule.verbs.map((verb: string) => ({ role, apiGroup, resource, verb })),
    ),
  );
}

const reasonOf = (event: AuditEvent) =>
  event.annotations?.['authorization.k8s.io/reason'] ?? '';

/** The verb of a request, and those that the API server checks with it. */
function verbsOf({ verb, objectRef, responseStatus }: AuditEvent): string[] {
  // A server-side apply of what is not there yet needs `create`, too.
  if (verb === 'patch' && responseStatus?.code === CREATED) {
    return ['patch', 'create'];
  }
  // A WebSocket begins with a GET, and needs `create`, too.
  const isStream = ['exec', 'portforward'].includes(
    objectRef?.subresource ?? '',
  );
  return isStream ? ['get', 'create'] : [verb];
}

/** Whether a request, or what the API server asks for beside it, was allowed by a grant. */
export function isUsedBy(grant: Grant, event: AuditEvent): boolean {
  if (isForbidden(event) || !event.objectRef) return false;
  const { apiGroup = '', resource, subresource } = event.objectRef;
  const full = [resource, subresource].filter(Boolean).join('/');
  if (grant.verb === 'bind') {
    // Asked for whoever makes a binding, without an event of its own.
    return full === 'rolebindings' && event.responseStatus?.code === CREATED;
  }
  return (
    reasonOf(event).includes(`Role "${grant.role}"`) &&
    grant.apiGroup === apiGroup &&
    grant.resource === full &&
    verbsOf(event).includes(grant.verb)
  );
}

const OBJECT_FIELDS = [
  'apiGroup',
  'resource',
  'subresource',
  'namespace',
  'name',
];

function isSameRequest(a: AuditEvent, b: AuditEvent): boolean {
  return (
    a.verb === b.verb &&
    JSON.stringify(a.objectRef, OBJECT_FIELDS) ===
      JSON.stringify(b.objectRef, OBJECT_FIELDS)
  );
}

/**
 * Requests that were forbidden each time. Others were asked again until a
 * binding was in force, or met a namespace that was on its way out.
 */
export function neverAllowed(events: readonly AuditEvent[]): AuditEvent[] {
  const allowed = events.filter(event => !isForbidden(event));
  return events.filter(
    event =>
      isForbidden(event) && !allowed.some(other => isSameRequest(other, event)),
  );
}

/** Resources of which an object was deleted, as `<resource>.<group>`. */
export function deletedResources(events: readonly AuditEvent[]): string[] {
  const deleted = events
    .filter(event => event.verb === 'delete' && !isForbidden(event))
    .map(({ objectRef }) => resourceText(objectRef!));
  return [...new Set(deleted)];
}

/** As RBAC names it: `certificates.cert-manager.io`. */
export function resourceText(of: {
  readonly resource?: string;
  readonly apiGroup?: string;
}): string {
  return [of.resource, of.apiGroup].filter(Boolean).join('.');
}
