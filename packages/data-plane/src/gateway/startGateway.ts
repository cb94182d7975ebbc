import { TcpGateway } from './TcpGateway';
import type { Gateway, GatewayOptions } from './types';

/**
 * Starts a gateway; resolves once all its listeners listen.
 *
 * @throws where a port is taken or a certificate cannot be used
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new TcpGateway(options);
  try {
    await gateway.setListeners(options.listeners);
  } catch (error) {
    await gateway.stop();
    throw error;
  }
  return gateway;
}
