import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import type { TestPlugin } from './provisioning';

/**
 * Provisions over HTTP, as the scaffolder's action does.
 *
 * @param cutAt - the event after which the connection is cut
 * @returns all events that came
 */
export async function provisionOverHttp(
  { url }: TestPlugin,
  spec: object,
  cutAt: (event: ProvisioningEvent) => boolean = () => false,
): Promise<ProvisioningEvent[]> {
  const response = await fetch(`${url}/databases`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(spec),
  });
  return readEvents(response, cutAt);
}

/**
 * The events of a change as they come.
 *
 * @param cutAt - the event after which the connection is cut
 * @throws with the server's own words where it is no success
 */
export async function readEvents(
  response: Response,
  cutAt: (event: ProvisioningEvent) => boolean = () => false,
): Promise<ProvisioningEvent[]> {
  if (!response.ok) throw new Error(await response.text());
  const events: ProvisioningEvent[] = [];
  let rest = '';
  const decoder = new TextDecoder();
  // Leaving the loop early destroys the connection.
  for await (const chunk of response.body!) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines.filter(it => it)) {
      const event: ProvisioningEvent = JSON.parse(line);
      events.push(event);
      if (cutAt(event)) return events;
    }
  }
  return events;
}
