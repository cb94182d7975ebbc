import { withPresets } from './presets';
import { scylladbAmbient } from './scylladb-ambient';

const written = {
  blueprint: 'scylladb-ambient',
  name: 'orders',
  namespace: 'orders',
  kubernetesCluster: 'eu-1',
  owner: 'group:default/payments',
};
const defaults = {
  storageClasses: ['fast-xfs', 'standard'],
  gatewayClasses: ['istio-internal'],
  issuers: [{ kind: 'ClusterIssuer' as const, name: 'company-ca' }],
};
const complete = (spec: object, presets = {}) =>
  scylladbAmbient.schema.parse(withPresets(spec, scylladbAmbient, presets));

it('takes the first of each list where the spec says nothing', () => {
  expect(complete(written, defaults)).toMatchObject({
    storage: { className: 'fast-xfs' },
    access: { gatewayClass: 'istio-internal' },
    certificate: { issuer: { kind: 'ClusterIssuer', name: 'company-ca' } },
  });
});

it('leaves what the user wrote', () => {
  const spec = {
    ...written,
    storage: { className: 'standard' },
    access: { gatewayClass: 'istio' },
    certificate: { issuer: { kind: 'self-signed' } },
  };
  expect(complete(spec, defaults)).toMatchObject({
    storage: { className: 'standard' },
    access: { gatewayClass: 'istio' },
    certificate: { issuer: { kind: 'self-signed' } },
  });
});

it('changes nothing where the portal presets nothing', () => {
  // Strictly: a field that is there and undefined is a change to a stored spec.
  expect(complete(written)).toStrictEqual(
    scylladbAmbient.schema.parse(written),
  );
});

it.each(['text', ['a list'], 7])(
  'leaves a section that is %j to the schema',
  storage => {
    expect(() => complete({ ...written, storage }, defaults)).toThrow(
      /storage/,
    );
  },
);
