import type { Platform } from '@ringfence/backstage-plugin-ringfence-node';
import { igniteSidecar } from '.';
import { completePlatform, servedWithout } from '../__fixtures__/platform';
import { exampleSpec } from './__fixtures__/spec';

const unmet = (
  changes: Record<string, unknown> = {},
  platform: Platform = completePlatform,
) =>
  igniteSidecar
    .requirements(exampleSpec(changes), platform)
    .filter(({ met }) => !met);

describe('the requirements of an Ignite cluster with sidecars', () => {
  it('are all met where everything is there', () => {
    expect(unmet()).toEqual([]);
  });

  it.each<[string, Platform, string]>([
    [
      'sidecars without istio-cni',
      {
        ...completePlatform,
        istio: { ...completePlatform.istio!, cni: false },
      },
      'Istio 1.31.1 runs without istio-cni',
    ],
    [
      'an Istio that is too old',
      {
        ...completePlatform,
        apis: servedWithout('PeerAuthentication', 'AuthorizationPolicy'),
      },
      'does not serve PeerAuthentication and AuthorizationPolicy',
    ],
    [
      "nothing but Istio's own Gateways",
      {
        ...completePlatform,
        apis: servedWithout('Gateway', 'HTTPRoute', 'TCPRoute', 'TLSRoute'),
      },
      'does not serve Gateway (gateway.networking.k8s.io/v1)',
    ],
    [
      'no routes of HTTP',
      { ...completePlatform, apis: servedWithout('HTTPRoute') },
      'does not serve HTTPRoute (gateway.networking.k8s.io/v1)',
    ],
  ])('refuse %s, with what to do', (_name, platform, message) => {
    const [first] = unmet({}, platform);
    expect(first).toMatchObject({
      level: 'required',
      message: expect.stringContaining(message),
      remedy: { command: expect.any(String) },
    });
  });

  it('ask for nothing of a gateway where there is none', () => {
    const platform = { ...completePlatform, apis: servedWithout('HTTPRoute') };
    expect(unmet({ access: { exposure: 'none' } }, platform)).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a database without logins',
      { persistence: { enabled: false }, access: { exposure: 'none' } },
      'Without persistence Ignite has no logins',
    ],
    [
      'a route into a namespace of somebody else',
      {
        access: {
          application: {
            hostname: 'shop.example.com',
            namespace: 'shop',
            service: 'web',
            port: 80,
          },
        },
      },
      'Service "shop/web" is in another namespace',
    ],
    [
      'a cache of which there is one copy',
      { caches: [{ name: 'carts', backups: 0 }] },
      'Of cache "carts" there is one copy',
    ],
  ])('note %s', (_name, changes, message) => {
    expect(unmet(changes)).toEqual([
      expect.objectContaining({
        level: 'note',
        message: expect.stringContaining(message),
      }),
    ]);
  });

  it('ask for no volume where no data is kept', () => {
    const platform = { ...completePlatform, storageClasses: [] };
    const changes = {
      persistence: { enabled: false },
      access: { exposure: 'none' },
    };
    expect(unmet({}, platform)).toHaveLength(1);
    expect(unmet(changes, platform).map(({ name }) => name)).toEqual([
      'Logins',
    ]);
  });
});
