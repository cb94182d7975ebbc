import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';

type Defaulter = (object: KubernetesObject) => void;

function setDefault(target: any, field: string, value: unknown) {
  if (target && target[field] === undefined) target[field] = value;
}

function routeDefaults(object: KubernetesObject) {
  for (const parent of object.spec?.parentRefs ?? []) {
    setDefault(parent, 'group', 'gateway.networking.k8s.io');
    setDefault(parent, 'kind', 'Gateway');
  }
  for (const rule of object.spec?.rules ?? []) {
    for (const backend of rule.backendRefs ?? []) {
      setDefault(backend, 'group', '');
      setDefault(backend, 'kind', 'Service');
      setDefault(backend, 'weight', 1);
    }
  }
}

/** The defaults that somebody reads; the API server sets many more. */
const DEFAULTERS: Readonly<Record<string, Defaulter>> = {
  Namespace: object => {
    object.metadata.labels = {
      'kubernetes.io/metadata.name': object.metadata.name,
      ...object.metadata.labels,
    };
    object.spec ??= { finalizers: ['kubernetes'] };
    object.status ??= { phase: 'Active' };
  },
  Secret: object => setDefault(object, 'type', 'Opaque'),
  Service: object => {
    object.spec ??= {};
    setDefault(object.spec, 'type', 'ClusterIP');
    setDefault(object.spec, 'sessionAffinity', 'None');
    for (const port of object.spec.ports ?? []) {
      setDefault(port, 'protocol', 'TCP');
      setDefault(port, 'targetPort', port.port);
    }
  },
  StatefulSet: object => {
    object.spec ??= {};
    setDefault(object.spec, 'replicas', 1);
    setDefault(object.spec, 'podManagementPolicy', 'OrderedReady');
    setDefault(object.spec, 'updateStrategy', { type: 'RollingUpdate' });
    setDefault(object.spec, 'revisionHistoryLimit', 10);
  },
  Gateway: object => {
    for (const listener of object.spec?.listeners ?? []) {
      setDefault(listener, 'allowedRoutes', { namespaces: { from: 'Same' } });
      setDefault(listener.tls, 'mode', 'Terminate');
      for (const ref of listener.tls?.certificateRefs ?? []) {
        setDefault(ref, 'group', '');
        setDefault(ref, 'kind', 'Secret');
      }
    }
  },
  TCPRoute: routeDefaults,
  TLSRoute: routeDefaults,
  HTTPRoute: routeDefaults,
};

/** Sets defaults in place. */
export function setDefaults(object: KubernetesObject): void {
  DEFAULTERS[object.kind]?.(object);
}

/** A Secret's write-only `stringData` becomes `data`, in place. */
export function convertStringData(object: KubernetesObject): void {
  if (object.kind !== 'Secret' || !object.stringData) return;
  const entries = Object.entries<string>(object.stringData).map(
    ([key, text]) => [key, Buffer.from(text, 'utf8').toString('base64')],
  );
  object.data = { ...object.data, ...Object.fromEntries(entries) };
  delete object.stringData;
}
