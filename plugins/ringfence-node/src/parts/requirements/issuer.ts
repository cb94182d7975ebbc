import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import type { Platform } from '../../platform';
import type { IssuerSpec } from '../spec';
import {
  list,
  met,
  note,
  notAllowed,
  required,
  unmet,
  type Answer,
} from './answers';

/**
 * The issuer is allowed, and where it can be seen there and ready.
 *
 * @param field - of the spec, which names it
 */
export function requireIssuer(
  issuer: IssuerSpec,
  namespace: string,
  platform: Platform,
  field = 'certificate.issuer',
): Requirement[] {
  if (issuer.kind === 'self-signed') return [];
  const { kind, name } = issuer;
  const allowed = platform.defaults.issuers;
  if (allowed && !allowed.some(i => i.kind === kind && i.name === name)) {
    const texts = allowed.map(i => `${i.kind} ${i.name}`);
    const answer = notAllowed(kind, name, texts, platform);
    return [required('Issuer', answer, field)];
  }
  if (kind === 'ClusterIssuer') {
    return [required('Issuer', clusterIssuerAnswer(name, platform), field)];
  }
  return [
    note(
      'Issuer',
      unmet(
        `Issuer "${namespace}/${name}" must be made while the database waits for its certificate: the namespace does not exist before`,
        'Apply it when the certificate is awaited',
        `kubectl get issuer ${name} -n ${namespace}`,
      ),
      field,
    ),
  ];
}

function clusterIssuerAnswer(name: string, platform: Platform): Answer {
  const { clusterIssuers } = platform;
  const found = clusterIssuers.find(candidate => candidate.name === name);
  if (!found) {
    return unmet(
      `ClusterIssuer "${name}" not found; there are: ${list(
        clusterIssuers.map(candidate => candidate.name),
      )}`,
      'Choose one of these, or issuer self-signed',
      'kubectl get clusterissuer',
    );
  }
  return found.ready
    ? met(`ClusterIssuer "${name}" is ready`)
    : unmet(
        `ClusterIssuer "${name}" is not ready`,
        'Look at its conditions',
        `kubectl describe clusterissuer ${name}`,
      );
}
