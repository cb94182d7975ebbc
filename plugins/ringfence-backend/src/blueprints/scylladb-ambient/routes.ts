import {
  names,
  type ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { ScylladbAmbientSpec } from './spec';

/** Kinds and versions that the route may have; which one it has depends on the platform. */
const ROUTE_TYPES = [
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'TCPRoute' },
  { apiVersion: 'gateway.networking.k8s.io/v1alpha2', kind: 'TCPRoute' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'TLSRoute' },
] as const;

/** Where to look for the route: of these, the one that the platform can do exists. */
export function routeObservations(spec: ScylladbAmbientSpec): ObjectRef[] {
  if (spec.access.exposure === 'none') return [];
  return ROUTE_TYPES.map(type => ({
    ...type,
    namespace: spec.namespace,
    name: names.cql(spec),
  }));
}
