import { completePlatform } from '../../__fixtures__/platform';
import { observed, stageOf } from '../__fixtures__/stages';

const POD_LABELS = {
  'app.kubernetes.io/name': 'scylladb',
  'app.kubernetes.io/instance': 'orders',
  'app.kubernetes.io/component': 'database',
};

function policies(changes: Record<string, unknown> = {}) {
  const [peer, authorization, network] = stageOf('policy', changes).manifests(
    observed,
  );
  return { peer, authorization, network };
}

const namespaces = (...list: string[]) =>
  list.map(name => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  }));
const port = (number: number) => ({ protocol: 'TCP', port: number });
const KUBELET = {
  from: [
    { ipBlock: { cidr: '169.254.7.127/32' } },
    { ipBlock: { cidr: 'fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128' } },
  ],
  ports: [port(9042), port(7000)],
};
const ringRule = {
  from: [{ source: { principals: ['cluster.local/ns/orders/sa/orders'] } }],
  to: [{ operation: { ports: ['7000', '7001', '7199', '10000'] } }],
};
const toCql = [{ operation: { ports: ['9042'] } }];

describe('stage "policy"', () => {
  it('selects the pods of the database and no others', () => {
    const { peer, authorization, network } = policies();
    expect(peer.spec.selector).toEqual({ matchLabels: POD_LABELS });
    expect(authorization.spec.selector).toEqual({ matchLabels: POD_LABELS });
    expect(network.spec.podSelector).toEqual({ matchLabels: POD_LABELS });
  });

  it('refuses plaintext, and lets in the gateway and the nodes themselves', () => {
    const { peer, authorization, network } = policies();
    expect(peer.spec.mtls).toEqual({ mode: 'STRICT' });
    expect(authorization.spec.action).toBe('ALLOW');
    expect(authorization.spec.rules).toEqual([
      {
        from: [
          {
            source: {
              principals: ['cluster.local/ns/orders/sa/orders-gateway-istio'],
            },
          },
        ],
        to: toCql,
      },
      ringRule,
    ]);
    expect(network.spec.policyTypes).toEqual(['Ingress']);
    expect(network.spec.ingress).toEqual([
      { from: namespaces('orders'), ports: [port(15008)] },
      KUBELET,
    ]);
  });

  it('lets in the clients inside the mesh and the monitoring, each to its port', () => {
    const { authorization, network } = policies({
      access: {
        clients: [
          { namespace: 'shop', serviceAccount: 'web' },
          { namespace: 'shop', serviceAccount: 'worker' },
        ],
      },
      monitoring: { namespace: 'monitoring' },
    });
    expect(authorization.spec.rules).toEqual([
      {
        from: [
          {
            source: {
              principals: [
                'cluster.local/ns/orders/sa/orders-gateway-istio',
                'cluster.local/ns/shop/sa/web',
                'cluster.local/ns/shop/sa/worker',
              ],
            },
          },
        ],
        to: toCql,
      },
      ringRule,
      {
        from: [{ source: { namespaces: ['monitoring'] } }],
        to: [{ operation: { ports: ['9180'] } }],
      },
    ]);
    expect(network.spec.ingress).toEqual([
      {
        from: namespaces('orders', 'shop', 'monitoring'),
        ports: [port(15008)],
      },
      KUBELET,
    ]);
  });

  it('lets in nobody where there is neither a gateway nor a client', () => {
    const { authorization } = policies({ access: { exposure: 'none' } });
    expect(authorization.spec.rules).toEqual([ringRule]);
  });

  it('takes plaintext of the same namespaces where mTLS is not strict', () => {
    const { peer, authorization, network } = policies({
      strictMtls: false,
      access: { clients: [{ namespace: 'shop', serviceAccount: 'web' }] },
      monitoring: { namespace: 'monitoring' },
    });
    expect(peer.spec.mtls).toEqual({ mode: 'PERMISSIVE' });
    expect(authorization.spec.rules[0]).toEqual({ to: toCql });
    expect(network.spec.ingress[2]).toEqual({
      from: namespaces('orders', 'shop'),
      ports: [port(9042)],
    });
  });

  it('takes plaintext on the port for metrics alone where Prometheus is outside of the mesh', () => {
    const { peer, authorization, network } = policies({
      monitoring: { namespace: 'monitoring', outsideMesh: true },
    });
    expect(peer.spec).toEqual({
      selector: { matchLabels: POD_LABELS },
      mtls: { mode: 'STRICT' },
      portLevelMtls: { 9180: { mode: 'PERMISSIVE' } },
    });
    expect(authorization.spec.rules.at(-1)).toEqual({
      to: [{ operation: { ports: ['9180'] } }],
    });
    expect(network.spec.ingress).toEqual([
      { from: namespaces('orders', 'monitoring'), ports: [port(15008)] },
      KUBELET,
      { from: namespaces('monitoring'), ports: [port(9180)] },
    ]);
  });

  it("takes identities of the mesh's own trust domain", () => {
    const platform = {
      ...completePlatform,
      istio: { ...completePlatform.istio!, trustDomain: 'corp.example' },
    };
    const [, authorization] = stageOf('policy', {}, platform).manifests(
      observed,
    );
    expect(authorization.spec.rules[1].from[0].source.principals).toEqual([
      'corp.example/ns/orders/sa/orders',
    ]);
  });
});
