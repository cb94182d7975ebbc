import { provisioningEventSchema, type ProvisioningEvent } from '../events';

/**
 * The events of an `application/x-ndjson` body, as they come. Leaving the
 * iteration closes the connection.
 *
 * @param onData - called for each chunk: the connection is alive
 * @throws where the connection breaks, or a line is not an event
 */
export async function* readProvisioningEvents(
  body: ReadableStream<Uint8Array>,
  onData: () => void = () => {},
): AsyncGenerator<ProvisioningEvent> {
  for await (const line of readLines(body, onData)) {
    yield provisioningEventSchema.parse(line);
  }
}

/**
 * What the lines of an `application/x-ndjson` body hold, as they come. Leaving
 * the iteration closes the connection.
 *
 * @throws where the connection breaks, or a line is not JSON
 */
export async function* readLines(
  body: ReadableStream<Uint8Array>,
  onData: () => void = () => {},
): AsyncGenerator<unknown> {
  // Not `for await (... of body)`: Safari cannot iterate over a stream.
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onData();
      const lines = (rest + decoder.decode(value, { stream: true })).split(
        '\n',
      );
      // The last piece has no line end yet: what follows belongs to it.
      rest = lines.pop()!;
      for (const line of lines.filter(text => text.trim() !== '')) {
        yield JSON.parse(line);
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
