import type { KubernetesObject, ObjectRef } from '../kubernetes';
import certificate from './__fixtures__/certificate-ready.json';
import missingSecret from './__fixtures__/gateway-missing-secret.json';
import programmed from './__fixtures__/gateway-programmed.json';
import issuer from './__fixtures__/issuer-ready.json';
import notReady from './__fixtures__/statefulset-not-ready.json';
import attached from './__fixtures__/tcproute-attached.json';
import missingBackend from './__fixtures__/tcproute-missing-backend.json';
import wrongListener from './__fixtures__/tcproute-wrong-listener.json';
import tlsAttached from './__fixtures__/tlsroute-attached.json';
import {
  gatewayHasAddress,
  gatewayProgrammed,
  routeAttached,
} from './gatewayWaits';
import { certificateReady, issuerReady, statefulSetRolledOut } from './waits';

/** Within the validity of the recorded certificate. */
const NOW = () => new Date('2026-12-01T00:00:00Z');

function refOf({ apiVersion, kind, metadata }: KubernetesObject): ObjectRef {
  return { apiVersion, kind, ...metadata };
}

/** A recorded object with another status, or part of one. */
function withStatus(
  object: KubernetesObject,
  status: Record<string, unknown>,
): KubernetesObject {
  return { ...object, status: { ...object.status, ...status } };
}

function condition(type: string, status: string, reason: string, message = '') {
  return { type, status, reason, message };
}

describe('certificateReady', () => {
  const wait = certificateReady(refOf(certificate), NOW);

  it('holds for a Certificate that is Ready and within its dates', () => {
    expect(wait.evaluate(certificate, 0)).toEqual({
      state: 'done',
      message: 'valid until 2027-02-20T08:11:10Z',
    });
  });

  it.each<[string, KubernetesObject | undefined, string]>([
    ['is not there', undefined, 'Certificate "scylla-t/gw" is not there yet'],
    [
      'has no status',
      { ...certificate, status: undefined },
      'no condition Ready yet',
    ],
    [
      'is not Ready',
      withStatus(certificate, {
        conditions: [
          condition(
            'Ready',
            'False',
            'DoesNotExist',
            'Issuing certificate as Secret does not exist',
          ),
        ],
      }),
      'Ready=False (DoesNotExist): Issuing certificate as Secret does not exist',
    ],
    [
      'says Ready though it has expired',
      withStatus(certificate, { notAfter: '2026-11-30T23:59:59Z' }),
      'Ready=True, but it expired at 2026-11-30T23:59:59Z',
    ],
    [
      'has no end',
      withStatus(certificate, { notAfter: undefined }),
      'Ready=True, but it has no notAfter yet',
    ],
  ])('waits for one that %s', (_name, object, why) => {
    expect(wait.evaluate(object, 0)).toEqual({ state: 'waiting', why });
  });

  it('does not believe the Ready of an earlier generation', () => {
    const changed = {
      ...certificate,
      metadata: { ...certificate.metadata, generation: 2 },
    };
    expect(wait.evaluate(changed, 0)).toEqual({
      state: 'waiting',
      why: 'its controller has not looked at generation 2 yet; of generation 1 it said Ready=True (Ready): Certificate is up to date and has not expired',
    });
  });

  it('fails for one that the issuer refused, and says how to try again', () => {
    const refused = withStatus(certificate, {
      failedIssuanceAttempts: 1,
      conditions: [
        condition('Ready', 'False', 'DoesNotExist'),
        condition('Issuing', 'False', 'Failed', 'The order was rejected'),
      ],
    });
    expect(wait.evaluate(refused, 0)).toEqual({
      state: 'failed',
      why: 'Certificate "scylla-t/gw" was refused: Issuing=False (Failed): The order was rejected',
      remedy: 'Mend the issuer or the names, then: cmctl renew gw -n scylla-t',
    });
  });
});

describe('issuerReady', () => {
  const wait = issuerReady(refOf(issuer));

  it('holds for an Issuer that is Ready, and for no other', () => {
    expect(wait.evaluate(issuer, 0).state).toBe('done');
    const broken = withStatus(issuer, {
      conditions: [
        condition('Ready', 'False', 'ErrGetKeyPair', 'secret not found'),
      ],
    });
    expect(wait.evaluate(broken, 0)).toEqual({
      state: 'waiting',
      why: 'Ready=False (ErrGetKeyPair): secret not found',
    });
  });
});

describe('statefulSetRolledOut', () => {
  const wait = statefulSetRolledOut(refOf(notReady), { timeoutMs: 1 });

  it('holds once every pod is up to date and ready', () => {
    const ready = withStatus(notReady, { readyReplicas: 3 });
    expect(wait.evaluate(ready, 0)).toEqual({
      state: 'done',
      message: '3 of 3 pods are ready',
    });
  });

  it.each<[string, KubernetesObject, string]>([
    ['pods that are not ready', notReady, '0 of 3 pods are ready'],
    [
      'pods of an older template',
      withStatus(notReady, { readyReplicas: 3, updatedReplicas: 1 }),
      '1 of 3 pods are up to date',
    ],
    [
      'a controller that lags',
      withStatus(notReady, { observedGeneration: 0 }),
      'its controller has not seen it yet',
    ],
    [
      'a new one',
      { ...notReady, status: undefined },
      'its controller has not seen it yet',
    ],
  ])('waits for %s', (_name, object, why) => {
    expect(wait.evaluate(object, 0)).toEqual({ state: 'waiting', why });
  });
});

describe('gatewayHasAddress', () => {
  const wait = gatewayHasAddress(refOf(programmed));

  it('reports the addresses to later stages', () => {
    expect(wait.evaluate(programmed, 0)).toEqual({
      state: 'done',
      message: '203.0.113.11',
      observed: {
        gatewayAddresses: [{ type: 'IPAddress', value: '203.0.113.11' }],
      },
    });
  });

  it('is content with an address where the certificate is still missing', () => {
    const addressed = withStatus(missingSecret, {
      addresses: [{ type: 'Hostname', value: 'lb.example.com' }],
    });
    expect(wait.evaluate(addressed, 0)).toMatchObject({
      state: 'done',
      observed: {
        gatewayAddresses: [{ type: 'Hostname', value: 'lb.example.com' }],
      },
    });
  });

  it("gives Istio's own words while there is none", () => {
    expect(wait.evaluate(missingSecret, 0)).toMatchObject({
      state: 'waiting',
      why: expect.stringContaining(
        'Programmed=False (AddressNotAssigned): Assigned to service(s)',
      ),
    });
  });

  it('fails for parameters that Istio does not take', () => {
    const invalid = withStatus(missingSecret, {
      conditions: [
        condition('Accepted', 'False', 'InvalidParameters', 'no such key'),
      ],
    });
    expect(wait.evaluate(invalid, 0)).toMatchObject({
      state: 'failed',
      why: 'Accepted=False (InvalidParameters): no such key',
    });
  });
});

describe('gatewayProgrammed', () => {
  const wait = gatewayProgrammed(refOf(programmed), ['cql', 'cql-native']);

  it('holds where the Gateway and every listener are', () => {
    expect(wait.evaluate(programmed, 0).state).toBe('done');
  });

  it('does not believe Programmed=True beside a listener without its Secret', () => {
    const [listener] = missingSecret.status.listeners;
    const halfway = withStatus(missingSecret, {
      conditions: [
        condition('Accepted', 'True', 'Accepted'),
        condition('Programmed', 'True', 'Programmed'),
      ],
    });
    expect(
      gatewayProgrammed(refOf(missingSecret), [listener.name]).evaluate(
        halfway,
        0,
      ),
    ).toMatchObject({
      state: 'waiting',
      why: expect.stringContaining(
        'listener "cql": ResolvedRefs=False (InvalidCertificateRef)',
      ),
    });
  });

  it('does not believe Programmed=True beside Accepted=False', () => {
    const [accepted] = missingSecret.status.conditions;
    const both = withStatus(missingSecret, {
      conditions: [accepted, condition('Programmed', 'True', 'Programmed')],
    });
    expect(wait.evaluate(both, 0)).toMatchObject({
      state: 'waiting',
      why: expect.stringContaining('Accepted=False (ListenersNotValid)'),
    });
  });

  it('waits for a listener that has no status yet', () => {
    const third = gatewayProgrammed(refOf(programmed), ['cql', 'third']);
    expect(third.evaluate(programmed, 0)).toEqual({
      state: 'waiting',
      why: 'listener "third": has no status yet',
    });
  });
});

describe('routeAttached', () => {
  const options = { gateway: 'two', causes: 'Istio is 1.30.1' };
  const wait = routeAttached(refOf(attached), options);

  it.each<[string, KubernetesObject, string]>([
    ['TCPRoute', attached, 'two'],
    ['TLSRoute', tlsAttached, 'tlsroute-gw'],
  ])(
    'holds for a %s that is Accepted and resolved',
    (_kind, route, gateway) => {
      const other = routeAttached(refOf(route), { ...options, gateway });
      expect(other.evaluate(route, 0).state).toBe('done');
    },
  );

  it.each<[string, KubernetesObject, string]>([
    [
      'Accepted without a backend',
      missingBackend,
      'ResolvedRefs=False (BackendNotFound): backend(nosuch.scylla-t.svc.cluster.local) not found',
    ],
    [
      'for a listener that is not there',
      wrongListener,
      'Accepted=False (NoMatchingParent): sectionName "nosuch" not found',
    ],
  ])('waits for a route that is %s', (_name, route, why) => {
    const other = routeAttached(refOf(route), {
      ...options,
      gateway: 'broken-gw',
    });
    expect(other.evaluate(route, 60_000)).toEqual({ state: 'waiting', why });
  });

  it('fails after 10 s without any status, and names the versions', () => {
    const silent = { ...attached, status: undefined };
    expect(wait.evaluate(silent, 9_999).state).toBe('waiting');
    expect(wait.evaluate(silent, 10_000)).toMatchObject({
      state: 'failed',
      why: 'Istio has written no status in 10 s, so it does not read this route: Istio is 1.30.1',
    });
  });

  it("does not take another controller's word", () => {
    const [parent] = attached.status.parents;
    const foreign = withStatus(attached, {
      parents: [{ ...parent, controllerName: 'example.com/other' }],
    });
    expect(wait.evaluate(foreign, 10_000).state).toBe('failed');
  });
});
