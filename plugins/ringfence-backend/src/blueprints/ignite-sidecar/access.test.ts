import { igniteSidecar } from '.';
import { exampleSpec } from './__fixtures__/spec';

const accessOf = (changes: Record<string, unknown> = {}) =>
  igniteSidecar.access(exampleSpec(changes));
const observationOf = (changes: Record<string, unknown> = {}) =>
  igniteSidecar.observation(exampleSpec(changes));

const NO_LOGINS = {
  persistence: { enabled: false },
  access: { clientCertificates: 'required' },
};

describe('the ways in', () => {
  it('are thin clients over TLS, and REST over HTTPS', () => {
    expect(accessOf()).toMatchObject({
      protocol: 'ignite',
      exposure: 'tls',
      tlsPorts: [10800],
      restPorts: [8443],
      plaintextPorts: [],
      serverName: 'orders-gateway-istio.orders.svc.cluster.local',
      caSecret: 'orders-tls',
      applicationRoleSecret: 'orders-app',
    });
    expect(accessOf()).not.toHaveProperty('datacenter');
  });

  it('are the nodes’ Service where there is no gateway', () => {
    const access = accessOf({ access: { exposure: 'none' } });
    expect(access).toMatchObject({
      tlsPorts: [],
      inClusterHost: 'orders-thin.orders.svc.cluster.local',
    });
    expect(access).not.toHaveProperty('restPorts');
  });

  it('know no role where there are no logins', () => {
    const access = accessOf(NO_LOGINS);
    expect(access).not.toHaveProperty('applicationRoleSecret');
    expect(access.clientCertificates?.mode).toBe('required');
  });
});

describe('what is observed', () => {
  it('is a cluster, its ports, and the login that everybody knows', () => {
    expect(observationOf()).toMatchObject({
      topology: 'cluster',
      meshMode: 'sidecar',
      clientPort: 10800,
      restPort: 8080,
      ringPorts: [47100, 47500],
      superuserSecret: 'orders-superuser',
      publicLogins: [{ username: 'ignite', password: 'ignite' }],
    });
    expect(observationOf()).not.toHaveProperty('licence');
  });

  it('is the licence too, where one is needed', () => {
    expect(observationOf({ product: 'gridgain' }).licence).toEqual({
      secret: 'orders-licence',
      key: 'license.xml',
    });
  });

  it('is no login where there are none', () => {
    const observation = observationOf(NO_LOGINS);
    expect(observation.publicLogins).toEqual([]);
    expect(observation).not.toHaveProperty('superuserSecret');
  });
});
