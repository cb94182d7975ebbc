import type { Gateway, GatewayOptions } from './types';

/** Starts a gateway; resolves once all its listeners listen. */
export async function startGateway(_options: GatewayOptions): Promise<Gateway> {
  throw new Error('not built yet');
}
