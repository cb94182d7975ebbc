import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import type { Workload } from './readClient';

/** What to do where the spec does not allow a client. */
export const ADD_CLIENT = {
  text: 'Add the client to access.clients in the spec of the database, and provision it again.',
};

/** Whether the spec allows the client; what a spec is made of is its blueprint's to say. */
export function isListed(facts: Facts, client: Workload): boolean {
  return clientsOf(facts).some(
    ({ namespace, serviceAccount }) =>
      namespace === client.namespace &&
      serviceAccount === client.serviceAccount,
  );
}

function clientsOf({ spec }: Facts): ReadonlyArray<Partial<Workload>> {
  const { access } = spec as {
    access?: { clients?: ReadonlyArray<Partial<Workload>> };
  };
  return access?.clients ?? [];
}

/** The lines of the spec that allow a client. */
export function specLines({ namespace, serviceAccount }: Workload): string {
  return [
    'access:',
    '  clients:',
    `    - namespace: ${namespace}`,
    `      serviceAccount: ${serviceAccount}`,
  ].join('\n');
}
