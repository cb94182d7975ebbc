import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';

const INJECTION = 'istio-injection';
const REVISION = 'istio.io/rev';
const INJECT = 'sidecar.istio.io/inject';

const has = (key: string, ...values: string[]) => ({
  key,
  operator: 'In',
  values,
});
const hasNot = (key: string, ...values: string[]) => ({
  key,
  operator: 'NotIn',
  values,
});
const without = (key: string) => ({ key, operator: 'DoesNotExist' });

/** By which labels of namespaces and pods the API server asks: one webhook each. */
const WEBHOOKS = [
  {
    name: 'rev.namespace',
    namespace: [has(REVISION, 'default'), without(INJECTION)],
    pod: [hasNot(INJECT, 'false')],
  },
  {
    name: 'rev.object',
    namespace: [without(REVISION), without(INJECTION)],
    pod: [hasNot(INJECT, 'false'), has(REVISION, 'default')],
  },
  {
    name: 'namespace',
    namespace: [has(INJECTION, 'enabled')],
    pod: [hasNot(INJECT, 'false')],
  },
  {
    name: 'object',
    namespace: [without(INJECTION), without(REVISION)],
    pod: [has(INJECT, 'true'), without(REVISION)],
  },
] as const;

/** Where a webhook is asked. */
export type WebhookClient =
  | { readonly url: string; readonly caBundle: string }
  | { readonly service: object; readonly caBundle?: string };

/** Istio's own, as its chart makes it for the default revision. */
export function injectorConfiguration(clientConfig: WebhookClient): Manifest {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: {
      name: 'istio-sidecar-injector',
      labels: {
        app: 'sidecar-injector',
        'istio.io/rev': 'default',
        'app.kubernetes.io/name': 'istiod',
        'app.kubernetes.io/part-of': 'istio',
      },
    },
    webhooks: WEBHOOKS.map(({ name, namespace, pod }) => ({
      name: `${name}.sidecar-injector.istio.io`,
      clientConfig,
      sideEffects: 'None',
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      admissionReviewVersions: ['v1'],
      rules: [
        {
          operations: ['CREATE'],
          apiGroups: [''],
          apiVersions: ['v1'],
          resources: ['pods'],
        },
      ],
      namespaceSelector: { matchExpressions: namespace },
      objectSelector: { matchExpressions: pod },
    })),
  };
}
