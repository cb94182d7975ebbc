import type { Diagnosis } from '@ringfence/backstage-plugin-ringfence-common';
import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { soundFacts } from '../checks/soundFacts';
import { gatewayWay } from './gatewayWay';
import { meshWay } from './meshWay';
import { nodesWay } from './nodesWay';
import type { Client } from './readClient';

/**
 * Why a client can, or cannot, connect. Each way in is looked at by itself, and
 * every obstacle on it is told, not only the first. Pure.
 *
 * @param now - what certificates' dates are compared with
 */
export function diagnose(facts: Facts, client: Client, now: Date): Diagnosis {
  const sound = soundFacts(facts);
  const { workload } = client;
  const { exposure, hostname } = facts.access;
  if (exposure === 'direct') {
    const isThere = workload !== undefined || hostname !== undefined;
    return { ways: isThere ? [nodesWay(sound, client, now)] : [] };
  }
  return {
    ways: [
      ...(workload ? [meshWay(sound, client, workload, now)] : []),
      ...(facts.access.exposure === 'none' || !facts.access.gateway
        ? []
        : [gatewayWay(sound, client, now)]),
    ],
  };
}
