import {
  provisioningEventSchema,
  type ProvisioningEvent,
} from '@ringfence/backstage-plugin-ringfence-common';

/**
 * The events of an `application/x-ndjson` body, as they come.
 *
 * @param onData - called for each chunk: the connection is alive
 * @throws where the connection breaks, or a line is not an event
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onData: () => void,
): AsyncGenerator<ProvisioningEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    onData();
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    // The last piece has no line end yet: what follows belongs to it.
    rest = lines.pop()!;
    for (const line of lines.filter(text => text.trim() !== '')) {
      yield provisioningEventSchema.parse(JSON.parse(line));
    }
  }
}
