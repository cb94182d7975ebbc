import type {
  Fact,
  RingNode,
} from '@ringfence/backstage-plugin-ringfence-node';

/** How much older than a failure an answer may be that is still believed. */
const BELIEVED_MS = 5 * 60_000;

type Ring = Fact<readonly RingNode[]>;

/**
 * What is known of the ring, by a session and by a command in a pod: the newer
 * answer. Where the newer one is none, the older one serves for a while.
 */
export function newestRing(bySession: Ring, byCommand: Ring | undefined): Ring {
  if (!byCommand) return bySession;
  const [older, newer] =
    byCommand.at >= bySession.at
      ? [bySession, byCommand]
      : [byCommand, bySession];
  const isBelieved = newer.at.getTime() - older.at.getTime() <= BELIEVED_MS;
  return !newer.known && older.known && isBelieved ? older : newer;
}
