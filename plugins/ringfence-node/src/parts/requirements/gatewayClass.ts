import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import type { Platform } from '../../platform';
import { list, met, notAllowed, required, unmet, type Answer } from './answers';

/** What Istio's GatewayClass names as its controller. */
const ISTIO_GATEWAY_CONTROLLER = 'istio.io/gateway-controller';

/** The GatewayClass is allowed, there, accepted and Istio's. */
export function requireGatewayClass(
  name: string,
  platform: Platform,
): Requirement {
  return required(
    'GatewayClass',
    gatewayClassAnswer(name, platform),
    'access.gatewayClass',
  );
}

function gatewayClassAnswer(name: string, platform: Platform): Answer {
  const { gatewayClasses, defaults } = platform;
  const allowed = defaults.gatewayClasses;
  if (allowed && !allowed.includes(name)) {
    return notAllowed('GatewayClass', name, allowed, platform);
  }
  const found = gatewayClasses.find(candidate => candidate.name === name);
  if (!found) {
    return unmet(
      `GatewayClass "${name}" not found; there are: ${list(
        gatewayClasses.map(candidate => candidate.name),
      )}`,
      'Choose one of these, or install Istio, which makes GatewayClass "istio"',
      'kubectl get gatewayclass',
    );
  }
  if (found.controllerName !== ISTIO_GATEWAY_CONTROLLER) {
    return unmet(
      `GatewayClass "${name}" is run by ${found.controllerName}, which has no identity in the mesh`,
      `Choose a GatewayClass of ${ISTIO_GATEWAY_CONTROLLER}`,
      'kubectl get gatewayclass',
    );
  }
  return found.accepted
    ? met(`GatewayClass "${name}" is accepted`)
    : unmet(
        `GatewayClass "${name}" is not accepted`,
        'Look at its conditions',
        `kubectl describe gatewayclass ${name}`,
      );
}
