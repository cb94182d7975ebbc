import type { Stage } from '../../blueprint';
import type { ObjectRef } from '../../kubernetes';
import { certificateReady, issuerReady } from '../waits';
import {
  encryptedSides,
  isOwnAuthority,
  signingIssuer,
  storeNames,
  trustedAuthorities,
} from './names';
import { authorityManifests, selfSignedIssuer, type StoredRing } from './pki';
import { authorityUsable } from './waits';

/** A CA that is brought is looked at before anything is made with it; no stage where there is none. */
export function broughtAuthorityStage(spec: StoredRing): Stage[] {
  const secrets = encryptedSides(spec).flatMap(side => {
    const { issuer } = spec.tls[side];
    return issuer.kind === 'bring-your-own' ? [issuer.secret] : [];
  });
  if (secrets.length === 0) return [];
  return [
    {
      name: 'brought-ca',
      title: 'Certificate authority that is brought',
      manifests: () => [],
      waits: [...new Set(secrets)].map(secret => authorityUsable(spec, secret)),
    },
  ];
}

/** Makes what signs for both sides, and waits until it does. */
export function authoritiesStage(spec: StoredRing, application: string): Stage {
  const sides = encryptedSides(spec);
  const own = sides.filter(side => isOwnAuthority(spec, side));
  const ref = (kind: string, name: string): ObjectRef => ({
    apiVersion: 'cert-manager.io/v1',
    kind,
    namespace: spec.namespace,
    name,
  });
  return {
    name: 'ca',
    title: 'Certificate authorities of clients and nodes',
    manifests: () => [
      ...(own.length > 0 ? [selfSignedIssuer(spec, application)] : []),
      ...sides.flatMap(side => authorityManifests(spec, side, application)),
    ],
    waits: [
      ...own.flatMap(side =>
        trustedAuthorities(spec, side).flatMap(authority => {
          const name = storeNames.authority(spec, side, authority);
          return [
            certificateReady(ref('Certificate', name)),
            issuerReady(ref('Issuer', name)),
          ];
        }),
      ),
      ...sides
        .filter(side => spec.tls[side].issuer.kind === 'bring-your-own')
        .map(side =>
          issuerReady(ref('Issuer', signingIssuer(spec, side).name)),
        ),
    ],
  };
}
