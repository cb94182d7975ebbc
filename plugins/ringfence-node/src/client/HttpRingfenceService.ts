import type {
  AuthService,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import {
  RingfenceHttpClient,
  type BlueprintSummary,
  type CredentialRequest,
  type DatabaseRef,
  type IssuedCredential,
  type ProvisioningEvent,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  CallOptions,
  DatabaseListing,
  Plan,
  RingfenceService,
} from '../service';
import type { ChangeTimings } from './Connection';
import { DroppedError, signInExpired, throwUnlessOk } from './errors';
import { followChange } from './followChange';

/** What {@link HttpRingfenceService} is made from. */
export interface HttpRingfenceServiceDeps {
  readonly auth: Pick<AuthService, 'getPluginRequestToken'>;
  readonly discovery: Pick<DiscoveryService, 'getBaseUrl'>;
  /** @default those that suit a portal behind a load balancer */
  readonly timings?: Partial<ChangeTimings>;
}

/** {@link RingfenceService} over HTTP; streams changes and takes them up again after a drop. */
export class HttpRingfenceService implements RingfenceService {
  readonly #deps: HttpRingfenceServiceDeps;

  constructor(deps: HttpRingfenceServiceDeps) {
    this.#deps = deps;
  }

  provision(
    spec: unknown,
    options: CallOptions,
  ): AsyncIterable<ProvisioningEvent> {
    const body = spec as { blueprint: string };
    return followChange({
      open: async signal => {
        const { http, token } = await this.#as(options, signal);
        return asResponse(await http.provisionDatabase({ body }, { token }));
      },
      cancel: signal => this.#cancel(refOf(spec), options, signal),
      repost: true,
      signal: options.signal,
      timings: this.#deps.timings,
    });
  }

  decommission(
    ref: DatabaseRef,
    request: { confirm: string; deleteVolumes: boolean },
    options: CallOptions,
  ): AsyncIterable<ProvisioningEvent> {
    const path = { ...ref };
    return followChange({
      open: async signal => {
        const { http, token } = await this.#as(options, signal);
        return asResponse(
          await http.decommissionDatabase({ path, body: request }, { token }),
        );
      },
      cancel: signal => this.#cancel(ref, options, signal),
      // The namespace may be gone by then, and posting again be refused for it.
      repost: false,
      signal: options.signal,
      timings: this.#deps.timings,
    });
  }

  async plan(spec: unknown, options: CallOptions): Promise<Plan> {
    const body = spec as { blueprint: string };
    const { http, token } = await this.#as(options, options.signal);
    const response = await http.planDatabase({ body }, { token });
    await throwUnlessOk(asResponse(response));
    // The generated type knows a manifest as an object of any kind.
    return (await response.json()) as unknown as Plan;
  }

  async issueCredential(
    ref: DatabaseRef,
    request: CredentialRequest,
    options: CallOptions,
  ): Promise<IssuedCredential> {
    const { http, token } = await this.#as(options, options.signal);
    const response = await http.issueCredential(
      { path: { ...ref }, body: request },
      { token },
    );
    await throwUnlessOk(asResponse(response));
    return (await response.json()).credential;
  }

  async listDatabases(options: CallOptions): Promise<DatabaseListing> {
    const { http, token } = await this.#as(options, options.signal);
    const response = await http.listDatabases({}, { token });
    await throwUnlessOk(asResponse(response));
    const { items, unreachable } = await response.json();
    return { databases: items, unreachable };
  }

  async listBlueprints(options: CallOptions): Promise<BlueprintSummary[]> {
    const { http, token } = await this.#as(options, options.signal);
    const response = await http.listBlueprints({}, { token });
    await throwUnlessOk(asResponse(response));
    return (await response.json()).items;
  }

  async #cancel(
    ref: DatabaseRef | undefined,
    options: CallOptions,
    signal: AbortSignal,
  ): Promise<void> {
    if (!ref) return;
    const { http, token } = await this.#as(options, signal);
    const response = await http.cancelProvisioning(
      { path: { ...ref } },
      { token },
    );
    await throwUnlessOk(asResponse(response));
  }

  async #as(options: CallOptions, signal: AbortSignal | undefined) {
    const http = new RingfenceHttpClient({
      discoveryApi: this.#deps.discovery,
      fetchApi: { fetch: (input, init) => dial(input, { ...init, signal }) },
    });
    try {
      const { token } = await this.#deps.auth.getPluginRequestToken({
        onBehalfOf: options.credentials,
        targetPluginId: 'ringfence',
      });
      return { http, token };
    } catch (error) {
      throw signInExpired(error);
    }
  }
}

/** `fetch`, whose "fetch failed" says nothing, with the reason in words. */
async function dial(
  input: RequestInfo | URL,
  init: RequestInit,
): Promise<Response> {
  try {
    return await fetch(input, init);
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    throw new DroppedError(cause?.message || message);
  }
}

/** The generated client narrows `json()` and leaves the rest of the response as it is. */
function asResponse(response: object): Response {
  return response as Response;
}

function refOf(spec: unknown): DatabaseRef | undefined {
  const { kubernetesCluster, namespace } = (spec ?? {}) as Partial<DatabaseRef>;
  return kubernetesCluster && namespace
    ? { kubernetesCluster, namespace }
    : undefined;
}
