import type { AddressPool } from '../../runtime/AddressPool';
import type { ControllerContext } from '../context';
import {
  itself,
  refOfKey,
  startController,
  type RunningController,
} from '../controller';

const selector = { apiVersion: 'v1', kind: 'Service' };

/** Who holds the address of a Service. */
export function serviceAddressHolder(
  namespace: string,
  service: string,
): string {
  return `service ${namespace}/${service}`;
}

/** Gives each Service of type LoadBalancer a loopback address. */
export function startLoadBalancers(
  context: ControllerContext & { readonly addresses: AddressPool },
): RunningController {
  const kubernetes = context.kubernetes.as('service-controller', {
    force: true,
  });
  return startController({
    name: 'loadbalancers',
    kubernetes,
    log: context.log,
    watches: [{ ...selector, concerns: itself }],
    async reconcile(key) {
      const ref = refOfKey(selector, key);
      const holder = serviceAddressHolder(ref.namespace!, ref.name);
      const service = await kubernetes.get(ref);
      if (!service) context.addresses.release(holder);
      if (service?.spec?.type !== 'LoadBalancer') return;
      const ingress = [{ ip: context.addresses.take(holder), ipMode: 'VIP' }];
      await kubernetes.updateStatus({
        ...service,
        status: { ...service.status, loadBalancer: { ingress } },
      });
    },
  });
}
