import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady } from '../../checks/objects';

/**
 * In short what probes look at: another text means that their answers may be
 * others now. What is not known, is not taken for another state.
 */
export function probedState(facts: Facts): string {
  const { pods, gateway, services, certificates, gatewayAddresses } = facts;
  return JSON.stringify([
    facts.spec,
    pods.known &&
      pods.value.map(pod => [
        pod.metadata.name,
        pod.metadata.uid,
        isPodReady(pod),
        pod.status?.podIP,
      ]),
    gateway.known && [
      gateway.value?.metadata.generation,
      gateway.value?.status?.listeners,
    ],
    gatewayAddresses.known && gatewayAddresses.value,
    services.known &&
      services.value.map(({ metadata, spec }) => [metadata.name, spec?.ports]),
    certificates.map(({ secret }) =>
      secret.known ? secret.value?.certificatePem : false,
    ),
  ]);
}
