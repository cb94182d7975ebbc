import type { DatabaseDetails } from '@ringfence/backstage-plugin-ringfence-common';
import type { Fact, Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { tellsNodes, topologyOf } from '../checks/topology';
import { soundFacts } from '../checks/soundFacts';
import { certificateDetails } from './certificates';
import { nodeDetails } from './nodes';
import { peers } from './peers';
import { warningEvents } from './warnings';

/** What the tab shows besides the report, from the facts behind that. */
export function toDetails(gathered: Facts): DatabaseDetails {
  const facts = soundFacts(gathered);
  const { pods, ring, telemetry, warnings, observation } = facts;
  const looked: Array<[string, Fact<unknown>]> = [
    ['Nodes', pods],
    ...(tellsNodes(facts)
      ? [
          [`State of the nodes in the ${topologyOf(facts)}`, ring] as [
            string,
            Fact<unknown>,
          ],
        ]
      : []),
    ...(observation.meshMode === 'none'
      ? []
      : [['Who talks to it', telemetry] as [string, Fact<unknown>]]),
    ['Events', warnings],
  ];
  return {
    certificates: certificateDetails(facts),
    peers: telemetry.known ? peers(telemetry.value) : [],
    nodes: nodeDetails(facts),
    warnings: warnings.known ? warningEvents(warnings.value) : [],
    unknown: looked.flatMap(([what, fact]) =>
      fact.known ? [] : [{ what, why: fact.why }],
    ),
  };
}
