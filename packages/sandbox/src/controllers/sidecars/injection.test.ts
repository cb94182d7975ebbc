import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import {
  hasSidecar,
  injectSidecar,
  takesSidecar,
  wantsSidecar,
} from './injection';

const namespace = (labels: Record<string, string> = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'orders', labels },
});

const pod = (metadata: object = {}, spec: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'orders-0',
    namespace: 'orders',
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        name: 'orders',
        uid: '1',
        controller: true,
      },
    ],
    ...metadata,
  },
  spec: {
    containers: [
      {
        name: 'cassandra',
        image: 'cassandra:5.0.8',
        ports: [{ name: 'tcp-client', containerPort: 9042 }],
      },
    ],
    initContainers: [{ name: 'own', image: 'example.com/own:1' }],
    volumes: [{ name: 'data', emptyDir: {} }],
    ...spec,
  },
});

const INJECT = 'sidecar.istio.io/inject';
const enabled = { 'istio-injection': 'enabled' };

describe('a new pod gets a sidecar', () => {
  it.each([
    [true, 'in a namespace that asks for them', enabled, pod()],
    [
      true,
      'in a namespace that names the revision',
      { 'istio.io/rev': 'default' },
      pod(),
    ],
    [false, 'in a namespace that says nothing', {}, pod()],
    [
      false,
      'in a namespace of another revision',
      { 'istio.io/rev': 'canary' },
      pod(),
    ],
    [
      false,
      'in a namespace that refuses them, whatever its revision',
      { 'istio-injection': 'disabled', 'istio.io/rev': 'default' },
      pod({ labels: { [INJECT]: 'true' } }),
    ],
    [
      false,
      'that refuses it by label',
      enabled,
      pod({ labels: { [INJECT]: 'false' } }),
    ],
    [
      false,
      'that refuses it by annotation, as was once usual',
      enabled,
      pod({ annotations: { [INJECT]: 'false' } }),
    ],
    [
      true,
      'that asks for it where its namespace says nothing',
      {},
      pod({ labels: { [INJECT]: 'true' } }),
    ],
    [false, "on its node's network", enabled, pod({}, { hostNetwork: true })],
  ])('%s: %s', (expected, _, labels, made) => {
    expect(wantsSidecar(made, namespace(labels))).toBe(expected);
  });

  it('not a second one', () => {
    expect(takesSidecar(pod())).toBe(true);
    expect(takesSidecar(injectSidecar(pod()))).toBe(false);
  });

  it('which is not what gateways and ztunnels are', () => {
    const proxy = pod({}, { containers: [{ name: 'istio-proxy' }] });
    expect(hasSidecar(proxy)).toBe(false);
    expect(hasSidecar(pod())).toBe(false);
    expect(hasSidecar(injectSidecar(pod()))).toBe(true);
  });
});

describe('a pod with its sidecar', () => {
  const injected = injectSidecar(
    pod({
      labels: { 'app.kubernetes.io/name': 'cassandra' },
      annotations: {
        'proxy.istio.io/config': 'holdApplicationUntilProxyStarts: true',
      },
    }),
  );
  const [validation, proxy, own] = injected.spec.initContainers;

  it('has it before its own init containers, as one that goes on', () => {
    expect([validation.name, proxy.name, own.name]).toEqual([
      'istio-validation',
      'istio-proxy',
      'own',
    ]);
    expect(validation.restartPolicy).toBeUndefined();
    expect(proxy).toMatchObject({
      restartPolicy: 'Always',
      startupProbe: { httpGet: { path: '/healthz/ready', port: 15021 } },
    });
    expect(injected.spec.containers).toEqual(pod().spec.containers);
  });

  it('needs no rights that Pod Security "restricted" refuses', () => {
    for (const { securityContext } of [validation, proxy]) {
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        privileged: false,
        runAsNonRoot: true,
      });
      expect(securityContext.capabilities.add).toBeUndefined();
    }
  });

  it('says so in labels and annotations', () => {
    expect(injected.metadata.labels).toEqual({
      'app.kubernetes.io/name': 'cassandra',
      'security.istio.io/tlsMode': 'istio',
      'service.istio.io/canonical-name': 'cassandra',
      'service.istio.io/canonical-revision': 'latest',
    });
    const { annotations = {} } = injected.metadata;
    expect(JSON.parse(annotations['sidecar.istio.io/status'])).toEqual({
      initContainers: ['istio-validation', 'istio-proxy'],
      containers: null,
      volumes: [
        'workload-socket',
        'credential-socket',
        'workload-certs',
        'istio-envoy',
        'istio-data',
        'istio-podinfo',
        'istio-token',
        'istiod-ca-cert',
        'istio-ca-crl',
      ],
      imagePullSecrets: null,
      revision: 'default',
    });
    expect(annotations['prometheus.io/port']).toBe('15020');
  });

  it('tells the proxy what the pod asks of it, and what made the pod', () => {
    const environment = Object.fromEntries(
      proxy.env.map(({ name, value }: any) => [name, value]),
    );
    expect(environment).toMatchObject({
      PROXY_CONFIG: '{"holdApplicationUntilProxyStarts":true}\n',
      ISTIO_META_POD_PORTS: '[{"name":"tcp-client","containerPort":9042}]',
      ISTIO_META_APP_CONTAINERS: 'cassandra',
      ISTIO_META_WORKLOAD_NAME: 'orders',
      ISTIO_META_OWNER:
        'kubernetes://apis/apps/v1/namespaces/orders/statefulsets/orders',
    });
  });

  it('mounts no volume that it does not have', () => {
    const names = injected.spec.volumes.map(({ name }: any) => name);
    const mounted = proxy.volumeMounts.map(({ name }: any) => name);
    expect(names).toEqual(expect.arrayContaining([...mounted, 'data']));
  });
});
