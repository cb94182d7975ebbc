import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady } from '../../checks/objects';

/**
 * What probes look at, part by part: another one means that their answers may
 * be others now. A part that is not known is `undefined`.
 */
export function probedState(facts: Facts): readonly unknown[] {
  const { pods, gateway, services, certificates, gatewayAddresses } = facts;
  return [
    facts.spec,
    pods.known
      ? pods.value.map(pod => [
          pod.metadata.name,
          pod.metadata.uid,
          isPodReady(pod),
          pod.status?.podIP,
        ])
      : undefined,
    gateway.known
      ? [gateway.value?.metadata.generation, gateway.value?.status?.listeners]
      : undefined,
    gatewayAddresses.known ? gatewayAddresses.value : undefined,
    services.known
      ? services.value.map(({ metadata, spec }) => [metadata.name, spec?.ports])
      : undefined,
    ...certificates.map(({ secret }) =>
      secret.known ? secret.value?.certificatePem ?? '' : undefined,
    ),
  ];
}
