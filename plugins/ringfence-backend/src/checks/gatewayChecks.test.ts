import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import programmed from './__fixtures__/gateway-programmed.json';
import secretMissing from './__fixtures__/gateway-secret-missing.json';
import attached from './__fixtures__/tcproute-attached.json';
import backendMissing from './__fixtures__/tcproute-backend-missing.json';
import noListener from './__fixtures__/tcproute-no-listener.json';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { gatewayProgrammed } from './gatewayProgrammed';
import { gatewayRoute } from './gatewayRoute';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

describe('gateway.programmed', () => {
  const judge = (gateway: KubernetesObject | undefined) =>
    gatewayProgrammed.run(healthyFacts(pki, { gateway: seen(gateway) }), NOW);

  it('is ok for a Gateway with two listeners as Istio reports it', () => {
    expect(judge(programmed)).toMatchObject({
      status: 'ok',
      reason: 'Programmed',
      summary: 'Gateway "scylla-t/two" is programmed with 2 listeners',
      evidence: { addresses: ['203.0.113.11'] },
    });
  });

  it('names every problem of a Gateway whose certificate is missing', () => {
    expect(judge(secretMissing)).toMatchObject({
      status: 'failing',
      reason: 'NotAccepted',
      evidence: {
        problems: [
          "ListenersNotValid: None of the Gateway's listeners are valid",
          expect.stringContaining('AddressNotAssigned: '),
          expect.stringContaining('listener "cql": InvalidCertificateRef: '),
          'listener "cql": Invalid: Bad TLS configuration',
        ],
      },
    });
  });

  it('does not believe Programmed=True beside a listener that is not in effect', () => {
    const gateway = structuredClone(programmed) as KubernetesObject;
    gateway.status.listeners[1].conditions = [
      {
        type: 'Programmed',
        status: 'False',
        reason: 'Invalid',
        message: 'Bad TLS configuration',
      },
    ];
    expect(judge(gateway)).toMatchObject({
      status: 'failing',
      reason: 'ListenerInvalid',
    });
  });

  it('does not believe what is said of an older spec', () => {
    const gateway = structuredClone(programmed) as KubernetesObject;
    gateway.metadata.generation = 2;
    expect(judge(gateway)).toMatchObject({
      status: 'failing',
      evidence: {
        problems: expect.arrayContaining([
          'Programmed is said of an older spec, not of the present one',
        ]),
      },
    });
  });

  it('fails for a listener of which nothing is said', () => {
    const gateway = structuredClone(programmed) as KubernetesObject;
    gateway.status.listeners.pop();
    expect(judge(gateway)).toMatchObject({
      status: 'failing',
      reason: 'ListenerInvalid',
      summary: expect.stringContaining(
        'listener "cql-native": its controller has said nothing of it',
      ),
    });
  });

  it('fails where there is no address, whatever the conditions say', () => {
    const gateway = structuredClone(programmed) as KubernetesObject;
    gateway.status.addresses = [];
    expect(judge(gateway)).toMatchObject({
      status: 'failing',
      reason: 'NotProgrammed',
      summary: expect.stringContaining('it has no address'),
    });
  });

  it('fails where nobody has taken the Gateway up', () => {
    const pending = {
      type: 'Accepted',
      status: 'Unknown',
      reason: 'Pending',
      message: 'Waiting for controller',
    };
    const gateway = { ...programmed, status: { conditions: [pending] } };
    expect(judge(gateway)).toMatchObject({
      status: 'failing',
      reason: 'NotTakenUp',
    });
  });

  it('fails where there is none', () => {
    expect(judge(undefined)).toMatchObject({
      status: 'failing',
      reason: 'DoesNotExist',
    });
  });

  it('is unknown where it cannot be read', () => {
    const facts = healthyFacts(pki, { gateway: FORBIDDEN });
    expect(gatewayProgrammed.run(facts, NOW)).toMatchObject({
      status: 'unknown',
      reason: 'NotLooked',
    });
  });

  it('is ok where the spec asks for no exposure', () => {
    const { access } = healthyFacts(pki);
    const facts = healthyFacts(pki, {
      access: { ...access, exposure: 'none' },
      gateway: seen(undefined),
    });
    expect(gatewayProgrammed.run(facts, NOW)).toMatchObject({
      status: 'ok',
      reason: 'NotExposed',
    });
  });
});

describe('gateway.route', () => {
  /** The facts of a database whose one route is this recorded one, with the Gateway that it names. */
  function judge(
    route: KubernetesObject | undefined,
    changes: Partial<Facts> = {},
  ) {
    const base = healthyFacts(pki);
    const name = route?.metadata.name ?? 'orders-cql';
    const gateway = route?.spec?.parentRefs?.[0]?.name ?? 'orders-gateway';
    const facts = healthyFacts(pki, {
      access: {
        ...base.access,
        gateway: { ...base.access.gateway!, name: gateway },
      },
      observation: {
        ...base.observation,
        routes: [{ ...base.observation.routes[0], name }],
      },
      routes: seen(route ? [route] : []),
      ...changes,
    });
    return [gatewayRoute.run(facts, NOW)].flat();
  }

  it('is ok for a route that Istio attached', () => {
    expect(judge(attached)).toMatchObject([
      { status: 'ok', reason: 'Attached' },
    ]);
  });

  it("fails with Istio's reason where the backend is missing, though the route is accepted", () => {
    expect(judge(backendMissing)).toMatchObject([
      {
        status: 'failing',
        reason: 'RefsNotResolved',
        summary:
          'TCPRoute "scylla-t/bad-backend": BackendNotFound: backend(nosuch.scylla-t.svc.cluster.local) not found',
      },
    ]);
  });

  it('fails where no listener matches', () => {
    expect(judge(noListener)).toMatchObject([
      {
        status: 'failing',
        reason: 'NotAccepted',
        evidence: { controllerReason: 'NoMatchingParent' },
      },
    ]);
  });

  it('does not believe what is said of an older spec', () => {
    const route = structuredClone(attached) as KubernetesObject;
    route.metadata.generation = 2;
    expect(judge(route)).toMatchObject([
      {
        status: 'failing',
        reason: 'NotAccepted',
        summary: expect.stringContaining('the controller has not said yet'),
      },
    ]);
  });

  it('does not take the status for a Gateway of another namespace as its own', () => {
    const route = structuredClone(attached) as KubernetesObject;
    route.status.parents[0].parentRef.namespace = 'attic';
    expect(judge(route)).toMatchObject([{ reason: 'NotTakenUp' }]);
  });

  it('fails where Istio ignores the route in silence', () => {
    expect(judge({ ...attached, status: { parents: [] } })).toMatchObject([
      { status: 'failing', reason: 'NotTakenUp' },
    ]);
  });

  it('does not take the status for another Gateway as its own', () => {
    const { access } = healthyFacts(pki);
    expect(judge(attached, { access })).toMatchObject([
      { reason: 'NotTakenUp' },
    ]);
  });

  it('fails where there is none', () => {
    expect(judge(undefined)).toMatchObject([
      { status: 'failing', reason: 'DoesNotExist' },
    ]);
  });

  it('fails for the route to one node that is gone while the others are there', () => {
    const { observation } = healthyFacts(pki);
    const [ref] = observation.routes;
    const routes = [attached.metadata.name, 'orders-cql-1'].map(name => ({
      ...ref,
      name,
    }));
    expect(
      judge(attached, { observation: { ...observation, routes } }),
    ).toMatchObject([
      { status: 'ok', reason: 'Attached' },
      {
        status: 'failing',
        reason: 'DoesNotExist',
        summary: expect.stringContaining('/orders-cql-1"'),
      },
    ]);
  });

  it('counts a route that is served in two versions once', () => {
    const older = {
      ...attached,
      apiVersion: 'gateway.networking.k8s.io/v1alpha2',
    };
    expect(judge(attached, { routes: seen([attached, older]) })).toHaveLength(
      1,
    );
  });

  it('is unknown where it cannot be read', () => {
    expect(judge(attached, { routes: FORBIDDEN })).toMatchObject([
      { status: 'unknown', reason: 'NotLooked' },
    ]);
  });
});
