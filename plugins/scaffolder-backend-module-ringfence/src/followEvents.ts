import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  ProvisioningEvent,
  ProvisionOutcome,
} from '@ringfence/backstage-plugin-ringfence-common';
import { EventLog } from './EventLog';

/** How many objects an error names; the log has them all. */
const MAX_NAMED = 20;

const HOW_TO_GO_ON = 'Run it again with the same values to go on from here';

/**
 * Logs a change up to its end.
 *
 * @returns what it came to
 * @throws under the name of what failed, with reason, remedy and how to go on
 */
export async function followEvents(
  events: AsyncIterable<ProvisioningEvent>,
  logger: LoggerService,
): Promise<ProvisionOutcome> {
  const log = new EventLog(logger);
  try {
    for await (const event of events) {
      log.add(event);
      if (event.type === 'done') return event.outcome;
      if (event.type === 'failed') throw failure(event, log.inPlace);
    }
  } finally {
    log.close();
  }
  throw new Error('The Ringfence backend ended its answer without a result');
}

function failure(
  event: ProvisioningEvent & { type: 'failed' },
  inPlace: readonly string[],
): Error {
  const said = [event.message, event.remedy ?? ''].join(' ');
  const parts = [
    event.message,
    event.message.includes(event.remedy ?? '') ? undefined : event.remedy,
    event.name === 'CancelledError' ? whatExists(inPlace) : undefined,
    event.resumable && !/run it again/i.test(said) ? HOW_TO_GO_ON : undefined,
  ];
  const message = parts
    .filter(part => part !== undefined)
    .map(part => part.replace(/\.?$/, '.'))
    .join(' ');
  return Object.assign(new Error(message), { name: event.name });
}

function whatExists(inPlace: readonly string[]): string {
  if (inPlace.length === 0) return 'This run had touched nothing yet';
  const named = inPlace.slice(0, MAX_NAMED).join(', ');
  const more = inPlace.length - MAX_NAMED;
  return `In place: ${named}${more > 0 ? ` and ${more} more` : ''}`;
}
