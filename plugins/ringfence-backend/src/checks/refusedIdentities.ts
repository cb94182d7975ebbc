import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { rulesOf } from './authorizationRules';
import { authorizes } from './authorizes';
import { podLabelsOf } from './objects';

/** An identity as policies name it: `<trust domain>/ns/<namespace>/sa/<ServiceAccount>`. */
const PRINCIPAL = /^([^/*]+)\/ns\/([^/*]+)\/sa\/([^/*]+)$/;

/**
 * Identities that Ringfence's own policies let in, and that another one keeps
 * out for certain: one whose conditions are not understood may not.
 *
 * @param own - Ringfence's
 * @param policies - all that may apply
 * @returns such as `cluster.local/ns/shop/sa/cart (port 9042)`
 */
export function refusedIdentities(
  facts: Facts,
  own: readonly KubernetesObject[],
  policies: readonly KubernetesObject[],
): string[] {
  const asked = own.flatMap(rulesOf).flatMap(({ from = [], to = [] }) => {
    const ports = to.flatMap(({ operation }) => operation?.ports ?? []);
    const principals = from.flatMap(({ source }) => source?.principals ?? []);
    return principals.flatMap(principal =>
      ports.map(port => ({ principal, port: Number(port) })),
    );
  });
  return asked
    .filter(({ principal, port }) => {
      const [, trustDomain, namespace, serviceAccount] =
        PRINCIPAL.exec(principal) ?? [];
      if (!namespace) return false;
      const client = { namespace, serviceAccount, trustDomain };
      return podLabelsOf(facts).some(
        labels => authorizes(policies, { client, labels, port }) === 'no',
      );
    })
    .map(({ principal, port }) => `${principal} (port ${port})`);
}
