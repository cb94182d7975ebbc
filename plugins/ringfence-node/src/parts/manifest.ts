import type { Manifest } from '../kubernetes';

export type { IPeerAuthentication } from '@kubernetes-models/istio/security.istio.io/v1';
export type { IAuthorizationPolicy } from '@kubernetes-models/istio/security.istio.io/v1';
export type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1';
export type { IIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1';
export type { IStatefulSet } from 'kubernetes-models/apps/v1';
export type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
export type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
export type {
  IConfigMap,
  IContainer,
  INamespace,
  IPodSpec,
  IProbe,
  IService,
  IServiceAccount,
} from 'kubernetes-models/v1';
export type {
  IGateway,
  IHTTPRoute,
  ITCPRoute,
  ITLSRoute,
} from '../gateway-api';

/**
 * Makes a manifest of a typed object: fields that are undefined go, so that
 * the same input gives the same bytes.
 *
 * Types come from `kubernetes-models`. Its classes, which validate too, are
 * ESM alone and so left to tests; the API server validates in any case.
 */
export function toManifest<
  T extends { apiVersion: string; kind: string; metadata?: object },
>(object: T): Manifest {
  return JSON.parse(JSON.stringify(object));
}
