import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { findCondition } from './objects';

/** cert-manager's note on whose request it is. */
const CERTIFICATE_NAME = 'cert-manager.io/certificate-name';

/**
 * What the issuer said of the newest request for a Certificate, where that
 * failed: the Certificate itself only says that it did.
 */
export function issuerRefusal(
  { certificateRequests }: Facts,
  certificate: string,
): string | undefined {
  if (!certificateRequests.known) return undefined;
  const [newest] = certificateRequests.value
    .filter(
      ({ metadata }) =>
        metadata.annotations?.[CERTIFICATE_NAME] === certificate,
    )
    .sort((a, b) => createdAt(b).localeCompare(createdAt(a)));
  if (!newest) return undefined;
  const said = ['Denied', 'InvalidRequest']
    .map(type => findCondition(newest.status, type))
    .find(condition => condition?.status === 'True');
  const ready = findCondition(newest.status, 'Ready');
  const told = said ?? (ready?.reason === 'Failed' ? ready : undefined);
  return told && `${told.reason}: ${told.message ?? 'no message'}`;
}

function createdAt({ metadata }: KubernetesObject): string {
  return metadata.creationTimestamp ?? '';
}
