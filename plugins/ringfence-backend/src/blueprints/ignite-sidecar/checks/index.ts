import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import { needsLicence, type IgniteSidecarSpec } from '../spec';
import { baseline } from './baseline';
import { clusterForms } from './clusterForms';
import { clusterState } from './clusterState';
import { licence } from './licence';
import { oneOfOne } from './oneOfOne';
import { partitionExchange } from './partitionExchange';

/** What is asked about a cluster of Ignite besides what is asked about every database. */
export function igniteSidecarChecks(spec: IgniteSidecarSpec): Check[] {
  return [
    clusterState,
    clusterForms,
    ...(spec.persistence.enabled ? [baseline] : []),
    partitionExchange,
    oneOfOne,
    ...(needsLicence(spec) ? [licence] : []),
  ];
}
