import type { HttpRouterService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import type { Sandbox } from './Sandbox';

type Handler = Parameters<HttpRouterService['use']>[0];
type Request = Parameters<Handler>[0];

/** Below the plugin's own path. */
const PATH = '/sandbox/objects';
/** As whose work it shows, where somebody asks who set a field. */
const FIELD_MANAGER = 'kubectl-edit';
const MAX_BYTES = 100_000;

/**
 * `POST /api/ringfence/sandbox/objects` applies a manifest, so that people and
 * tests can do to a database what Ringfence is there to notice.
 */
export function editsHandler(sandbox: Pick<Sandbox, 'as'>): Handler {
  const cluster = sandbox.as(FIELD_MANAGER, { force: true });
  return async (request, response, next) => {
    if (request.method !== 'POST' || request.path !== PATH) {
      next();
      return;
    }
    try {
      response.json(await cluster.apply(await readManifest(request)));
    } catch (error) {
      next(error);
    }
  };
}

/** @throws InputError where it is no manifest */
async function readManifest(request: Request): Promise<Manifest> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_BYTES) {
      throw new InputError(`A manifest has at most ${MAX_BYTES} bytes`);
    }
  }
  const manifest = parse(text);
  if (!manifest?.apiVersion || !manifest.kind || !manifest.metadata?.name) {
    throw new InputError(
      'Send a manifest as JSON, with apiVersion, kind and metadata.name',
    );
  }
  return manifest;
}

function parse(text: string): Manifest | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
