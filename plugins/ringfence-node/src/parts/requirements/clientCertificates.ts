import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import type { Platform } from '../../platform';
import { clientValidation, type WithClients } from '../clientCertificates';
import { isAtLeast, parseVersion, type Version } from '../version';
import { met, note, required, unmet } from './answers';

/** Since then Istio knows the option for each way of asking. */
const OPTION_SINCE: Readonly<Record<'optional' | 'required', Version>> = {
  required: [1, 16, 0],
  optional: [1, 27, 0],
};
const FIELD = 'access.clientCertificates';

/** Istio can ask clients for certificates here, and what that means for who is connected. */
export function requireClientCertificates(
  spec: WithClients,
  platform: Platform,
): Requirement[] {
  const { clientCertificates: mode } = spec.access;
  if (mode === 'off') return [];
  const version = parseVersion(platform.istio?.version);
  const [major, minor] = OPTION_SINCE[mode];
  if (!version || !isAtLeast(version, OPTION_SINCE[mode])) {
    const answer = unmet(
      `Istio ${
        platform.istio?.version ?? 'of unknown version'
      } is not known to ask clients of a gateway for certificates that are ${mode}`,
      `Upgrade Istio to ${major}.${minor} or later, or say access.clientCertificates off`,
    );
    return [required('Client certificates', answer, FIELD)];
  }
  const { tls } = clientValidation(spec, platform);
  const how = tls
    ? "by the Gateway API's frontend validation"
    : "by Istio's option of the listener";
  return [
    required(
      'Client certificates',
      met(`The gateway asks clients for certificates, ${how}`),
      FIELD,
    ),
    ...revocationNote(),
  ];
}

function revocationNote(): Requirement[] {
  const answer = {
    met: true,
    message:
      'A certificate that is revoked gets in until it ends, a week after it was issued at the latest: the gateway reads no revocation lists',
  };
  return [note('Revocation', answer, FIELD)];
}

/** The gateway cannot be told about key exchange: clients refuse one that has not the hybrid. */
export function noteKeyExchange(spec: {
  readonly access: { readonly keyExchange: 'default' | 'hybrid-required' };
}): Requirement[] {
  if (spec.access.keyExchange === 'default') return [];
  const answer = {
    met: true,
    message:
      'Clients of bundles refuse a gateway without X25519MLKEM768. That the gateway refuses clients without it is a setting of the whole mesh: meshConfig.tlsDefaults.ecdhCurves; until then a check fails',
  };
  return [note('Key exchange', answer, 'access.keyExchange')];
}
