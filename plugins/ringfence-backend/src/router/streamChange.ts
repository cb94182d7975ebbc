import { toError } from '@backstage/errors';
import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import type { Response } from 'express';
import type { RunningChange } from './RunningChanges';

/**
 * Answers with the events of a change, one JSON document a line, and a
 * heartbeat among them so that nothing in between takes the silence for the end.
 *
 * A client that closes the connection drops the change; its iteration is
 * still followed to its end. A change that was dropped from this side ends the
 * connection without a last event: to the client that is a drop as well.
 *
 * @returns why it failed, if it did
 */
export async function streamChange(
  response: Response,
  change: RunningChange,
  events: AsyncIterable<ProvisioningEvent>,
  heartbeatMs: number,
): Promise<Error | undefined> {
  const write = (event: ProvisioningEvent) => {
    if (!change.dropped) response.write(`${JSON.stringify(event)}\n`);
  };
  response.status(200).set({
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    // nginx would hold the lines back otherwise.
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  response.on('close', () => change.drop('the client closed the connection'));
  const heartbeat = setInterval(
    () => write({ type: 'heartbeat', at: new Date().toISOString() }),
    heartbeatMs,
  );
  let failure: Error | undefined;
  try {
    for await (const event of events) {
      write(event);
      if (event.type === 'failed') failure = namedError(event);
    }
  } catch (error) {
    failure = toError(error);
    write(failedEvent(failure));
  } finally {
    clearInterval(heartbeat);
  }
  if (change.dropped) response.destroy();
  else response.end();
  return failure;
}

function namedError({ name, message }: { name: string; message: string }) {
  return Object.assign(new Error(message), { name });
}

function failedEvent(error: Error): ProvisioningEvent {
  return {
    type: 'failed',
    at: new Date().toISOString(),
    name: error.name,
    message: error.message,
    resumable: true,
  };
}
