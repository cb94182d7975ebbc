import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import type { Platform } from '../../platform';
import {
  note,
  noteNodes,
  notePodMonitors,
  requireStorageClass,
} from '../requirements';
import { gatedRequirements, isGated } from '../gated';
import { nodeNames } from '../nodeNames';
import type { CqlRingSpec } from './spec';

/** Fewer survive no loss of a node at quorum. */
const LEAST_PRODUCTION_REPLICAS = 3;

export interface CqlRingRequirements {
  /** What the mesh must be able to do. */
  readonly mesh: readonly Requirement[];
  /** Who needs XFS, such as `ScyllaDB in production`; absent: any file system does. */
  readonly xfsFor?: string;
  /** Notes on what the nodes of Kubernetes must be like in production. */
  readonly production: readonly Requirement[];
}

/** What a ring needs, and what a person should know before it runs. */
export function cqlRingRequirements(
  spec: CqlRingSpec,
  platform: Platform,
  own: CqlRingRequirements,
): Requirement[] {
  return [
    ...own.mesh,
    ...gatedRequirements(spec, platform),
    ...gateNotes(spec),
    ...requireStorageClass(spec.storage, platform, { xfsFor: own.xfsFor }),
    noteNodes(spec.replicas, platform),
    ...notePodMonitors(spec, platform),
    ...(spec.profile === 'production'
      ? [...own.production, ...quorumNote(spec)]
      : []),
  ];
}

/** What is said of a ring's gateway alone. */
function gateNotes(spec: CqlRingSpec): Requirement[] {
  if (!isGated(spec)) return [];
  return [
    ...(spec.access.exposure === 'tcp' ? [plaintextNote(spec)] : []),
    ...nodeNamesNote(spec),
  ];
}

/** Nobody but clients can tell whether the names resolve where they are. */
function nodeNamesNote(spec: CqlRingSpec): Requirement[] {
  const nodes = nodeNames(spec);
  if (nodes.length === 0) return [];
  const known = note(
    'Names of nodes',
    {
      met: true,
      message: `Each node has a name below "${spec.access.hostname}", from ${
        nodes[0].serverName
      } to ${
        nodes[nodes.length - 1].serverName
      }: DNS must lead them to the gateway. external-dns is told; else a record for *.${
        spec.access.hostname
      } does it`,
    },
    'access.routing',
  );
  return [known];
}

function plaintextNote({ access }: CqlRingSpec): Requirement {
  return note(
    'Plaintext',
    access.acceptPlaintext
      ? {
          met: true,
          message: 'Plaintext on port 9042 of the gateway is accepted',
        }
      : {
          met: false,
          message:
            'Port 9042 of the gateway takes passwords and data in plaintext: it will be reported as failing',
          remedy: {
            text: 'Choose access.exposure tls, or say access.acceptPlaintext true',
          },
        },
    'access.exposure',
  );
}

function quorumNote({ replicas }: CqlRingSpec): Requirement[] {
  if (replicas >= LEAST_PRODUCTION_REPLICAS) return [];
  const quorum = note(
    'Quorum',
    {
      met: false,
      message: `${replicas} replicas survive the loss of none: reads and writes at quorum stop`,
      remedy: { text: 'Ask for 3 replicas or more' },
    },
    'replicas',
  );
  return [quorum];
}
