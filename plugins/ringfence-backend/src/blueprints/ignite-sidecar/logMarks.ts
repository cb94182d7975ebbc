import type { LogMark } from '@ringfence/backstage-plugin-ringfence-node';

/** What a node writes when it has, or has not, what it needs of the others; names that checks speak of. */
export const MARKS = {
  exchangeStalled: 'exchange-stalled',
  joinFails: 'join-fails',
  peerUnreachable: 'peer-unreachable',
  licenceRefused: 'licence-refused',
} as const;

const EXCHANGED = 'Completed partition exchange|Finish exchange future';

/**
 * Lines of Ignite 2.16 and 2.17, and of GridGain 8.9, which is made of it. A
 * node that is stuck repeats them; one that no longer is says so.
 */
export const LOG_MARKS: readonly LogMark[] = [
  {
    name: MARKS.exchangeStalled,
    line: 'Failed to wait for (initial )?partition map exchange|First \\d+ pending exchange futures',
    endedBy: EXCHANGED,
  },
  {
    name: MARKS.joinFails,
    line: 'Failed to (connect to any|resolve) address from IP finder|Join process timed out|Node has not been connected to topology',
    endedBy: 'Topology snapshot \\[',
  },
  {
    name: MARKS.peerUnreachable,
    line: 'Failed to connect to node \\(is node still alive|Handshake timed out',
    endedBy: EXCHANGED,
  },
  {
    name: MARKS.licenceRefused,
    line: '[Ll]icen[sc]e\\b.*\\b(expired|invalid|violat|not found|missing)|([Ff]ailed|[Uu]nable) to .*\\b[Ll]icen[sc]e\\b',
    endedBy: 'Topology snapshot \\[',
  },
];
