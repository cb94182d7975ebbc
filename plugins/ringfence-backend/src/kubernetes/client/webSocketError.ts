import { networkError, statusError, type RequestContext } from './errors';

/** The error for a WebSocket that did not open, of which the client gives no more than an event. */
export function webSocketError(
  error: unknown,
  server: string,
  context: RequestContext,
): Error {
  const message = (error as { message?: string }).message ?? String(error);
  const code = /Unexpected server response: (\d+)/.exec(message)?.[1];
  if (!code) {
    return networkError(new Error(message), context.kubernetesCluster, server);
  }
  const words: Record<string, string> = {
    // Over WebSockets the API server asks for both verbs.
    403: `not allowed. Grant get and create on ${context.resource} to Ringfence's account`,
    404: 'not found',
  };
  return statusError(
    Number(code),
    { message: words[code] ?? `HTTP status ${code}` },
    context,
  );
}
