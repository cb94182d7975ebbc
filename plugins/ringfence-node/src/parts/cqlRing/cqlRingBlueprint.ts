import type { Blueprint } from '../../blueprint';
import { gatedOperations } from '../gated';
import { cqlRingAccess } from './access';
import type { CqlRing } from './CqlRing';
import { cqlRingObservation } from './observation';
import type { CqlRingSpec } from './spec';
import { cqlRingStages } from './stages';

/** What is left to say of a kind of ring. */
export interface CqlRingBlueprint<Spec extends CqlRingSpec>
  extends Pick<
    Blueprint<Spec>,
    'kind' | 'title' | 'description' | 'schema' | 'requirements'
  > {
  ring(spec: Spec): CqlRing;
}

/** The blueprint of a ring that speaks CQL behind a TLS gateway. */
export function cqlRingBlueprint<Spec extends CqlRingSpec>({
  ring,
  ...own
}: CqlRingBlueprint<Spec>): Blueprint<Spec> {
  return {
    ...own,
    // A StatefulSet's volume claims cannot change, nor where a ring's nodes say they are.
    immutableFields: [
      'storage.size',
      'storage.className',
      'datacenter',
      'rack',
    ],
    presets: ({ storageClasses, gatewayClasses, issuers }) => ({
      storage: { className: storageClasses?.[0] },
      access: { gatewayClass: gatewayClasses?.[0] },
      certificate: { issuer: issuers?.[0] },
    }),
    stages: (spec, platform) =>
      cqlRingStages({ spec, platform, ring: ring(spec) }),
    operations: spec => gatedOperations(spec, ring(spec)),
    checks: () => [],
    access: cqlRingAccess,
    observation: spec => cqlRingObservation(spec, ring(spec)),
  };
}
