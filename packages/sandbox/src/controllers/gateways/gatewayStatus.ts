import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { withConditions, type Condition } from '../conditions';
import { supportedKinds } from './attachment';
import { serviceHost } from './children';

/** What was found out about a Gateway. */
export interface GatewayFindings {
  /** Why a listener cannot serve, by its name. */
  readonly problems: ReadonlyMap<string, string>;
  /** By the listener's name. */
  readonly attachedRoutes: ReadonlyMap<string, readonly unknown[]>;
  /** Of its Service; undefined while it has none. */
  readonly address?: {
    readonly type: 'IPAddress' | 'Hostname';
    readonly value: string;
  };
  /** Why its parameters cannot be used. */
  readonly invalidParameters?: string;
  readonly now: Date;
}

const resolved: Condition = {
  type: 'ResolvedRefs',
  status: 'True',
  reason: 'ResolvedRefs',
  message: 'All references resolved',
};

/** A Gateway's status in istiod's words. */
export function gatewayStatus(
  gateway: KubernetesObject,
  findings: GatewayFindings,
) {
  const options = {
    generation: gateway.metadata.generation,
    now: findings.now,
  };
  const before = gateway.status;
  const conditions = [
    accepted(gateway, findings),
    programmed(gateway, findings),
    resolved,
  ];
  return {
    ...(findings.address && { addresses: [findings.address] }),
    conditions: withConditions(before?.conditions, conditions, options),
    listeners: gateway.spec.listeners.map((listener: any) => ({
      name: listener.name,
      attachedRoutes: findings.attachedRoutes.get(listener.name)?.length ?? 0,
      supportedKinds: supportedKinds(listener),
      conditions: withConditions(
        before?.listeners?.find((it: any) => it.name === listener.name)
          ?.conditions,
        listenerConditions(findings.problems.get(listener.name)),
        options,
      ),
    })),
  };
}

function accepted(
  gateway: KubernetesObject,
  findings: GatewayFindings,
): Condition {
  const type = 'Accepted';
  if (findings.invalidParameters) {
    const message = findings.invalidParameters;
    return { type, status: 'False', reason: 'InvalidParameters', message };
  }
  const someValid = gateway.spec.listeners.some(
    (it: any) => !findings.problems.has(it.name),
  );
  if (someValid) {
    return {
      type,
      status: 'True',
      reason: 'Accepted',
      message: 'Resource accepted',
    };
  }
  return {
    type,
    status: 'False',
    reason: 'ListenersNotValid',
    message: "None of the Gateway's listeners are valid",
  };
}

/** Says nothing about certificates: an address is all it takes. */
function programmed(
  gateway: KubernetesObject,
  findings: GatewayFindings,
): Condition {
  const type = 'Programmed';
  const host = serviceHost(gateway);
  const ports: number[] = gateway.spec.listeners.map((it: any) => it.port);
  const services = join(
    [...new Set(ports)].sort((a, b) => a - b).map(port => `${host}:${port}`),
  );
  if (findings.address) {
    return {
      type,
      status: 'True',
      reason: 'Programmed',
      message: `Resource programmed, assigned to service(s) ${services}`,
    };
  }
  return {
    type,
    status: 'False',
    reason: 'AddressNotAssigned',
    message: `Assigned to service(s) ${services}, but failed to assign to all requested addresses: address pending for hostname "${host}"`,
  };
}

function join(parts: string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`;
}

const fine = (type: string): Condition => ({
  type,
  status: 'True',
  reason: type,
  message: 'No errors found',
});

function listenerConditions(problem: string | undefined): Condition[] {
  const conflicted: Condition = {
    type: 'Conflicted',
    status: 'False',
    reason: 'NoConflicts',
    message: 'No errors found',
  };
  if (!problem)
    return [
      fine('Accepted'),
      conflicted,
      fine('Programmed'),
      fine('ResolvedRefs'),
    ];
  return [
    fine('Accepted'),
    conflicted,
    {
      type: 'Programmed',
      status: 'False',
      reason: 'Invalid',
      message: 'Bad TLS configuration',
    },
    {
      type: 'ResolvedRefs',
      status: 'False',
      reason: 'InvalidCertificateRef',
      message: problem,
    },
  ];
}
