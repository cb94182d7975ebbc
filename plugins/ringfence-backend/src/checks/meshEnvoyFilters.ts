import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { canOpen, exposesGateway, patchedBy, patchesMet } from './envoyFilters';
import { objectText } from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';
import { list } from './words';

/** Whether somebody has rewritten what the mesh told the database's proxies. */
export const meshEnvoyFilters: Check = {
  id: 'mesh.envoy-filters',
  title: 'No EnvoyFilter rewrites the proxies',
  category: 'mesh',
  reasons: {
    None: "No EnvoyFilter, of the namespace or of the whole mesh, patches what clients go through in the database's sidecars or gateway.",
    TakesTlsAway:
      'An EnvoyFilter removes or replaces a part of the proxies, or sets how they encrypt: TLS, mTLS or the AuthorizationPolicies may be gone, whatever other objects say.',
    Patches:
      'An EnvoyFilter patches the proxies in another way. Nobody but who made it can tell whether the fence is still what the policies say.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    const { meshMode } = facts.observation;
    // In ambient mode pods have no Envoy; their gateway has.
    if (meshMode !== 'sidecar' && !exposesGateway(facts)) return [];
    if (!facts.envoyFilters.known) {
      return notLooked('The EnvoyFilters', facts.envoyFilters);
    }
    const result = judge(facts, facts.envoyFilters.value);
    return seenAt(result, facts.envoyFilters);
  },
};

function judge(facts: Facts, all: readonly KubernetesObject[]): CheckResult {
  const patching = all
    .map(filter => {
      const proxies = patchedBy(facts, filter);
      return { filter, proxies, patches: patchesMet(facts, filter, proxies) };
    })
    .filter(({ patches }) => patches.length > 0);
  if (patching.length === 0) {
    return ok('None', "No EnvoyFilter patches the database's proxies");
  }
  const opening = patching.filter(({ patches }) => patches.some(canOpen));
  const found = opening.length > 0 ? opening : patching;
  const filters = found.map(({ filter }) => objectText(filter));
  const proxies = [...new Set(found.flatMap(one => one.proxies))];
  const evidence = { filters, proxies };
  const [{ filter }] = found;
  const remedy = {
    text: 'See who made it and what for; if nobody needs it, delete it, or have it select other workloads.',
    command: `kubectl get envoyfilters.networking.istio.io ${filter.metadata.name} -n ${filter.metadata.namespace} -o yaml`,
  };
  return opening.length > 0
    ? failing(
        'TakesTlsAway',
        `${list(filters)} can take TLS off the database's ${list(proxies)}`,
        evidence,
        remedy,
      )
    : warning(
        'Patches',
        `${list(filters)} ${
          filters.length === 1 ? 'patches' : 'patch'
        } the database's ${list(proxies)}`,
        evidence,
        remedy,
      );
}
