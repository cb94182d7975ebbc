import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import type { Platform } from '../../platform';
import { met, note, required, unmet } from './answers';

/**
 * The gateway's host name is under the DNS suffix that the portal names for
 * the Kubernetes cluster. A spec without one leaves a note that proposes it.
 */
export function requireHostname(
  spec: { readonly name: string; readonly hostname?: string },
  platform: Platform,
): Requirement[] {
  const { dnsSuffix } = platform.defaults;
  if (!dnsSuffix) return [];
  const field = 'access.hostname';
  const { name, hostname } = spec;
  const remedy = `Choose one under ${dnsSuffix}, such as ${name}.${dnsSuffix}`;
  if (!hostname) {
    const answer = unmet(
      "Without a host name clients use the gateway's address, which may change",
      remedy,
    );
    return [note('Host name', answer, field)];
  }
  const answer = hostname.endsWith(`.${dnsSuffix}`)
    ? met(`Host name "${hostname}" is under ${dnsSuffix}`)
    : unmet(
        `Host name "${hostname}" is not under ${dnsSuffix}, the DNS suffix of Kubernetes cluster "${platform.kubernetesCluster}"`,
        remedy,
      );
  return [required('Host name', answer, field)];
}
