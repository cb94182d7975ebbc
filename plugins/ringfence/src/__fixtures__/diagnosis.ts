import type {
  ConnectionTestStep,
  Diagnosis,
} from '@ringfence/backstage-plugin-ringfence-common';

/** A test that goes the whole way. */
export function testSteps(): ConnectionTestStep[] {
  const said: Array<[ConnectionTestStep['step'], string]> = [
    ['ca', 'Clients trust "CN=orders CA"'],
    ['dns', '127.0.7.1 is an address'],
    ['tcp', '127.0.7.1:9041 and 127.0.7.1:9042 answer'],
    ['tls', 'TLS 1.3, X25519MLKEM768'],
    ['chain', 'The certificate was issued by the CA that clients trust'],
    ['expiry', 'The certificate expires in 61 days'],
    ['name', 'The certificate is for orders.example.com'],
    ['login', 'Accepted as "orders_app"'],
    ['ring', '3 nodes, one schema'],
  ];
  return said.map(([step, summary]) => ({ step, state: 'ok', summary }));
}

/** One that ends at the name of the certificate. */
export function stoppedSteps(): ConnectionTestStep[] {
  return testSteps().map((step, index) => {
    if (index < 6) return step;
    if (index > 6) {
      return { step: step.step, state: 'skipped', summary: 'Not reached' };
    }
    return {
      step: 'name',
      state: 'failing',
      summary:
        'Certificate of 127.0.7.1:9041 is for payments.example.com, not for "orders.example.com"',
      remedy: {
        text: 'Add the name to the certificate (certificate.dnsNames in the spec)',
        command: 'kubectl describe certificate orders-tls -n orders',
      },
    };
  });
}

/** Of a workload that the spec does not allow. */
export const diagnosis: Diagnosis = {
  ways: [
    {
      way: 'mesh',
      to: 'orders-cql.orders.svc:9042',
      status: 'failing',
      answers: [
        {
          question: 'service',
          status: 'ok',
          summary: 'Service "orders/orders-cql" leads to 3 ready pods',
        },
        {
          question: 'egress',
          status: 'unknown',
          summary:
            'The NetworkPolicies of namespace "checkout" could not be read: networkpolicies is forbidden',
        },
        {
          question: 'authorization',
          status: 'failing',
          summary:
            'The AuthorizationPolicies of "orders" do not let ServiceAccount "checkout/web" in',
          remedy: {
            text: 'Add the client to access.clients in the spec of the database, and provision it again.',
          },
          spec: 'access:\n  clients:\n    - namespace: checkout\n      serviceAccount: web',
        },
      ],
    },
    {
      way: 'gateway',
      to: 'orders-gateway-istio.orders.svc.cluster.local:9041',
      status: 'ok',
      answers: [
        {
          question: 'listeners',
          status: 'ok',
          summary: 'Gateway "orders/orders-gateway" is programmed',
        },
      ],
    },
  ],
};

/** Of a laptop: what is on this side is in order. */
export const laptopDiagnosis: Diagnosis = {
  ways: [
    {
      way: 'gateway',
      to: 'orders.example.com:9041',
      status: 'unknown',
      answers: [
        {
          question: 'listeners',
          status: 'ok',
          summary: 'Gateway "orders/orders-gateway" is programmed',
        },
        {
          question: 'client',
          status: 'unknown',
          summary:
            "The laptop's own name service, VPN and firewalls cannot be seen from here",
          remedy: {
            text: 'Run this beside the downloaded bundle.',
            command: 'npx @ringfence/connect check <bundle>',
          },
        },
      ],
    },
  ],
};
