import type {
  Authorities,
  RotationStep,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { ObjectRef } from '../kubernetes';
import { authorityName, type Named } from './names';

/** The step of a rotation that is under way, or that comes next. */
export function nextStep({
  signing,
  trusted,
  step,
}: Authorities): RotationStep {
  if (step) return step;
  if (trusted.length === 1) return 'trust';
  return signing === Math.max(...trusted) ? 'drop' : 'issue';
}

/** Whether a step was the one before the next: asked for again, there is nothing to do. */
export function stepDone(
  authorities: Authorities,
  step: RotationStep,
): boolean {
  const next = nextStep(authorities);
  if (authorities.step) return false;
  if (step === 'drop') return next === 'trust' && authorities.signing > 1;
  return step === 'trust' ? next === 'issue' : next === 'drop';
}

/** What a step leaves; of one that is under way or done, what is said already. */
export function stepTaken(
  authorities: Authorities,
  step: RotationStep,
): Authorities {
  const { signing, trusted } = authorities;
  if (authorities.step || stepDone(authorities, step)) {
    return { signing, trusted };
  }
  switch (step) {
    case 'trust':
      return { signing, trusted: [signing, signing + 1] };
    case 'issue':
      return { signing: signing + 1, trusted };
    default:
      return { signing, trusted: [signing] };
  }
}

/** What the CA of that number is made of, in the order in which it goes. */
export function authorityObjects(spec: Named, authority: number): ObjectRef[] {
  const { namespace } = spec;
  const name = authorityName(spec, authority);
  const certManager = 'cert-manager.io/v1';
  return [
    { apiVersion: certManager, kind: 'Issuer', namespace, name },
    { apiVersion: certManager, kind: 'Certificate', namespace, name },
    { apiVersion: 'v1', kind: 'Secret', namespace, name },
  ];
}
