import {
  chooseRoute,
  type Check,
  type CheckResult,
  type Facts,
  type KubernetesObject,
  type Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import { findCondition, type Condition } from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';

/** Whether this Istio and these CRDs of the Gateway API work together. */
export const gatewayVersions: Check = {
  id: 'gateway.versions',
  title: 'Istio and the Gateway API fit each other',
  category: 'gateway',
  reasons: {
    Fit: 'With these versions Istio reads a route that the installed CRDs serve.',
    DoNotFit:
      'With these versions Istio reads none of the routes that the installed CRDs serve: it ignores them in silence.',
    StillAttached:
      'The route is attached, but with these versions the next one will not be: one of the two was changed since.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.access.exposure === 'none' || !facts.access.gateway) return [];
    const { platform } = facts;
    if (!platform.known) {
      return notLooked(
        `What Kubernetes cluster "${facts.database.kubernetesCluster}" can do`,
        platform,
      );
    }
    return seenAt(judge(facts, platform.value), platform);
  },
};

function judge(facts: Facts, platform: Platform): CheckResult {
  const choice = chooseRoute(platform, {
    plaintext: facts.access.exposure === 'tcp',
  });
  const evidence = {
    istio: platform.istio?.version ?? 'not known',
    gatewayApi: platform.gatewayApi?.bundleVersion ?? 'not known',
  };
  if (choice.works) {
    const { kind, apiVersion } = choice.type;
    return ok('Fit', `Istio ${evidence.istio} reads ${kind} of ${apiVersion}`, {
      ...evidence,
      ...(choice.note && { note: choice.note }),
    });
  }
  return isAttached(facts)
    ? warning('StillAttached', choice.why, evidence, choice.remedy)
    : failing('DoNotFit', choice.why, evidence, choice.remedy);
}

function isAttached({ routes }: Facts): boolean {
  if (!routes.known) return false;
  return routes.value.some(({ status }: KubernetesObject) =>
    (status?.parents ?? []).some(
      (parent: { conditions?: readonly Condition[] }) =>
        findCondition(parent, 'Accepted')?.status === 'True',
    ),
  );
}
