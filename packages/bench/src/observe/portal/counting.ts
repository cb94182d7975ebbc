import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Answers, ApiRequests } from './messages';

/** Counts what this process asks the API server, whoever in it asks. */
export function countApiRequests(apiServer: string): () => ApiRequests {
  const { host } = new URL(apiServer);
  const view = new AsyncLocalStorage<boolean>();
  const nothing = () => ({
    all: {} as Record<string, number>,
    forViews: {} as Record<string, number>,
  });
  let counts = nothing();
  const count = (method: string, path: string) => {
    const kind = kindOf(method, new URL(path, apiServer));
    counts.all[kind] = (counts.all[kind] ?? 0) + 1;
    if (!view.getStore()) return;
    counts.forViews[kind] = (counts.forViews[kind] ?? 0) + 1;
  };
  // Whatever follows from a request that comes in is done for it.
  subscribe('http.server.request.start', () => view.enterWith(true));
  subscribe('http.client.request.start', message => {
    const { request } = message as { request: ClientRequest };
    if (request.getHeader('host') === host) count(request.method, request.path);
  });
  // Node's own fetch goes another way.
  subscribe('undici:request:create', message => {
    const { request } = message as {
      request: { origin: string | URL; method: string; path: string };
    };
    if (new URL(request.origin).host === host) {
      count(request.method, request.path);
    }
  });
  return () => {
    const taken = counts;
    counts = nothing();
    return taken;
  };
}

/** Such as `WATCH pods`, `exec`, `PATCH certificates (dry run)`. */
function kindOf(method: string, { pathname, searchParams }: URL): string {
  const subresource = /\/(exec|portforward)$/.exec(pathname)?.[1];
  if (subresource) return subresource;
  const parts = pathname.replace(/^\/(api\/v1|apis\/[^/]+\/[^/]+)\/?/, '');
  const resource = parts.replace(/^namespaces\/[^/]+\/(?=.)/, '').split('/')[0];
  const verb = searchParams.get('watch') ? 'WATCH' : method;
  const dryRun = searchParams.get('dryRun') ? ' (dry run)' : '';
  return `${verb} ${resource || pathname}${dryRun}`;
}

/** Measures how long this process takes to answer, from the head of a request to the end of its answer. */
export function timeAnswers(): () => Answers['answered'] {
  const began = new WeakMap<IncomingMessage, number>();
  let answered: { path: string; ms: number }[] = [];
  subscribe('http.server.request.start', message => {
    began.set(
      (message as { request: IncomingMessage }).request,
      performance.now(),
    );
  });
  subscribe('http.server.response.finish', message => {
    const { request } = message as { request: IncomingMessage };
    const ms = performance.now() - (began.get(request) ?? NaN);
    // Express shortens `url` where it hands a request on.
    const { originalUrl } = request as { originalUrl?: string };
    answered.push({ path: originalUrl ?? request.url ?? '', ms });
  });
  return () => {
    const taken = answered;
    answered = [];
    return taken;
  };
}
