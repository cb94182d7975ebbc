import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** As a browser keeps them. */
const connections = new Agent({ keepAlive: true });

/** An answer to a GET. */
export interface Answer {
  readonly status: number;
  /** Of the body as it came. */
  readonly wireBytes: number;
  readonly text: string;
}

/** GET or, with a body, POST of JSON; the answer may be compressed, as browsers allow. */
export async function httpRequest(url: string, body?: object): Promise<Answer> {
  const outgoing = request(url, {
    agent: connections,
    method: body ? 'POST' : 'GET',
    headers: {
      'accept-encoding': 'gzip',
      ...(body && { 'content-type': 'application/json' }),
    },
  });
  outgoing.end(body && JSON.stringify(body));
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const content = await buffer(response);
  const isCompressed = response.headers['content-encoding'] === 'gzip';
  return {
    status: response.statusCode ?? 0,
    wireBytes: content.length,
    text: (isCompressed ? gunzipSync(content) : content).toString(),
  };
}

/** @throws Error unless the answer is a success */
export async function httpText(url: string, body?: object): Promise<string> {
  const { status, text } = await httpRequest(url, body);
  if (status === 200) return text;
  throw new Error(`${url} answered ${status}: ${text.slice(0, 500)}`);
}
