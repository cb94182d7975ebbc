import type { Platform } from '@ringfence/backstage-plugin-ringfence-node';
import { validateManifest } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import { scylladbAmbient } from '..';
import { completePlatform } from '../../__fixtures__/platform';
import { exampleSpec } from '../__fixtures__/spec';
import { manifestsOf, stagesOf } from '../__fixtures__/stages';

const MODE = 'gateway.istio.io/tls-terminate-mode';
const asking = (clientCertificates: string) => ({
  access: { clientCertificates },
});
const on = (istio: string, bundleVersion?: string): Platform => ({
  ...completePlatform,
  gatewayApi: { bundleVersion },
  istio: { ...completePlatform.istio!, version: istio },
});

function gatewayOf(mode: string, platform = completePlatform) {
  const spec = exampleSpec(asking(mode));
  const [gateway] = scylladbAmbient
    .stages(spec, platform)
    .flatMap(stage =>
      stage.manifests({ gatewayAddresses: [], secretHashes: {} }),
    )
    .filter(({ kind }) => kind === 'Gateway');
  return gateway.spec;
}

describe('certificates of clients', () => {
  const FRONTEND = {
    frontend: {
      default: {
        validation: {
          caCertificateRefs: [
            { group: '', kind: 'Secret', name: 'orders-tls-cacert' },
          ],
          mode: 'AllowValidOnly',
        },
      },
    },
  };

  it.each<[string, string, Platform, object | undefined, string | undefined]>([
    ['off', 'the newest', completePlatform, undefined, undefined],
    ['required', 'the newest', completePlatform, FRONTEND, undefined],
    ['optional', 'the newest', completePlatform, undefined, 'OPTIONAL_MUTUAL'],
    [
      'required',
      'an Istio that reads no CA from a Secret',
      on('1.30.2', 'v1.6.1'),
      undefined,
      'MUTUAL',
    ],
    [
      'required',
      'a Gateway API without the field',
      on('1.31.1', 'v1.4.0'),
      undefined,
      'MUTUAL',
    ],
    [
      'required',
      'a Gateway API of unknown version',
      on('1.31.1'),
      undefined,
      'MUTUAL',
    ],
  ])('%s, on %s', (mode, _platform, platform, tls, option) => {
    const gateway = gatewayOf(mode, platform);
    expect(gateway.tls).toEqual(tls);
    for (const listener of gateway.listeners) {
      expect(listener.tls.options?.[MODE]).toBe(option);
    }
  });

  it.each(['optional', 'required'])(
    'are of manifests that the API server takes, where they are %s',
    async mode => {
      for (const manifest of manifestsOf(asking(mode))) {
        await expect(validateManifest(manifest)).resolves.toBeUndefined();
      }
    },
  );

  it('are signed by a CA of their own, in two tiers, with a key that stays', () => {
    const manifests = manifestsOf(asking('required'));
    const byName = (kind: string, name: string) =>
      manifests.find(it => it.kind === kind && it.metadata.name === name)?.spec;
    expect(byName('Issuer', 'orders-clients-selfsigned')).toEqual({
      selfSigned: {},
    });
    expect(byName('Certificate', 'orders-clients-ca')).toMatchObject({
      isCA: true,
      commonName: 'orders clients CA',
      secretName: 'orders-tls-cacert',
      privateKey: { rotationPolicy: 'Never' },
      issuerRef: { name: 'orders-clients-selfsigned' },
    });
    expect(byName('Issuer', 'orders-clients-ca')).toEqual({
      ca: { secretName: 'orders-tls-cacert' },
    });
    expect(byName('Certificate', 'orders-portal-tls')).toMatchObject({
      usages: ['client auth', 'digital signature'],
      issuerRef: { kind: 'Issuer', name: 'orders-clients-ca' },
    });
  });

  it('come before the gateway that asks for them', () => {
    const stages = stagesOf(asking('required')).map(({ name }) => name);
    expect(stages.indexOf('clients')).toBeGreaterThan(-1);
    expect(stages.indexOf('clients')).toBeLessThan(stages.indexOf('gateway'));
    expect(stagesOf().map(({ name }) => name)).not.toContain('clients');
  });

  it.each([
    ['off', 0],
    ['optional', 0],
    ['required', 2],
  ])('are proved to be demanded on each port: %s', (mode, proofs) => {
    const waits = stagesOf(asking(mode)).flatMap(stage => stage.waits);
    const demanded = waits.filter(({ name }) =>
      name.includes('without a client certificate is refused'),
    );
    expect(demanded).toHaveLength(proofs);
  });

  it.each([
    ['off', undefined],
    [
      'optional',
      {
        mode: 'optional',
        issuer: { kind: 'Issuer', name: 'orders-clients-ca' },
        caSecret: 'orders-tls-cacert',
        portalSecret: 'orders-portal-tls',
      },
    ],
  ])('are in the access recipe: %s', (mode, expected) => {
    const recipe = scylladbAmbient.access(exampleSpec(asking(mode)));
    expect(recipe.clientCertificates).toEqual(expected);
  });

  it.each([
    ['optional', on('1.26.0', 'v1.6.1'), 'Upgrade Istio to 1.27 or later'],
    ['required', on('1.15.0', 'v1.6.1'), 'Upgrade Istio to 1.16 or later'],
  ])('are not %s where Istio is too old', (mode, platform, remedy) => {
    const unmet = scylladbAmbient
      .requirements(exampleSpec(asking(mode)), platform)
      .find(({ name, met }) => name === 'Client certificates' && !met);
    expect(unmet).toMatchObject({
      level: 'required',
      field: 'access.clientCertificates',
      remedy: { text: expect.stringContaining(remedy) },
    });
  });
});
