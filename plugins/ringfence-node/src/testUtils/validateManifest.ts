import Ajv, { type ValidateFunction } from 'ajv';
import gatewaySchema from '../gateway-api/generated/Gateway.schema.json';
import httpRouteSchema from '../gateway-api/generated/HTTPRoute.schema.json';
import tcpRouteSchema from '../gateway-api/generated/TCPRoute.schema.json';
import tlsRouteSchema from '../gateway-api/generated/TLSRoute.schema.json';
import type { Manifest } from '../kubernetes';
import { podMonitorSchema } from './podMonitorSchema';

// Formats such as `date-time` are of status fields, which manifests do not have.
const ajv = new Ajv({ strict: false, validateFormats: false });

const GATEWAY_API: Readonly<Record<string, ValidateFunction>> = {
  Gateway: ajv.compile(gatewaySchema),
  HTTPRoute: ajv.compile(httpRouteSchema),
  TCPRoute: ajv.compile(tcpRouteSchema),
  TLSRoute: ajv.compile(tlsRouteSchema),
};

const MONITORING: Readonly<Record<string, ValidateFunction>> = {
  PodMonitor: ajv.compile(podMonitorSchema),
};

type Model = new (data: any) => { validate(): void };

/** Loaded where they are needed: these packages are ESM alone. */
const MODELS: Readonly<Record<string, () => Promise<object>>> = {
  v1: () => import('kubernetes-models/v1'),
  'apps/v1': () => import('kubernetes-models/apps/v1'),
  'policy/v1': () => import('kubernetes-models/policy/v1'),
  'networking.k8s.io/v1': () =>
    import('kubernetes-models/networking.k8s.io/v1'),
  'cert-manager.io/v1': () =>
    import('@kubernetes-models/cert-manager/cert-manager.io/v1'),
  'security.istio.io/v1': () =>
    import('@kubernetes-models/istio/security.istio.io/v1'),
};

/**
 * Validates a manifest against the schema of its kind.
 *
 * @throws Error where it does not fit, or its kind is not known here
 */
export async function validateManifest(manifest: Manifest): Promise<void> {
  const { apiVersion, kind } = manifest;
  if (apiVersion.startsWith('gateway.networking.k8s.io/')) {
    validateAgainst(GATEWAY_API[kind], manifest);
    return;
  }
  if (apiVersion === 'monitoring.coreos.com/v1') {
    validateAgainst(MONITORING[kind], manifest);
    return;
  }
  const models = (await MODELS[apiVersion]?.()) as
    | Record<string, Model>
    | undefined;
  const ModelOfKind = models?.[kind];
  if (!ModelOfKind) throw new Error(`No schema for ${kind} of ${apiVersion}`);
  new ModelOfKind(manifest).validate();
}

function validateAgainst(
  validate: ValidateFunction | undefined,
  manifest: Manifest,
): void {
  const { kind } = manifest;
  if (!validate) throw new Error(`No schema for ${kind}`);
  if (!validate(manifest)) {
    throw new Error(ajv.errorsText(validate.errors, { dataVar: kind }));
  }
}
