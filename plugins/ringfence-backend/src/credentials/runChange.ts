import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type {
  DatabaseRef,
  ProvisioningEvent,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Clock } from '../provisioning/clock';
import { operate, type Operated } from '../provisioning/operate';
import type { ProvisionerDeps } from '../provisioning/Provisioner';
import { Session, type RunOptions } from '../provisioning/Session';

/**
 * Changes something beside a database, under its Lease, without a stream of
 * events: whoever asked waits for the answer.
 *
 * @throws what the work throws, as an error that has a status of HTTP
 */
export async function runChange<T>(
  deps: Pick<ProvisionerDeps, 'clusters' | 'blueprints' | 'createTools'>,
  clock: Clock,
  ref: DatabaseRef,
  options: RunOptions,
  work: (operated: Operated) => Promise<T>,
): Promise<T> {
  let result: { readonly value: T } | undefined;
  const events = Session.events(options, clock, session =>
    operate(deps, session, ref, {
      run: async operated => {
        result = { value: await work(operated) };
        return 'done';
      },
    }),
  );
  const last = await lastOf(events);
  if (last?.type === 'failed') throw errorOf(last);
  return result!.value;
}

async function lastOf(events: AsyncIterable<ProvisioningEvent>) {
  let last: ProvisioningEvent | undefined;
  for await (const event of events) last = event;
  return last;
}

const ERRORS: ReadonlyMap<string, new (message: string) => Error> = new Map(
  [
    InputError,
    ConflictError,
    NotFoundError,
    NotAllowedError,
    ServiceUnavailableError,
  ].map(type => [type.name, type]),
);

/** As its name says, so that whoever asked over HTTP gets its status. */
function errorOf({ name, message }: { name: string; message: string }): Error {
  const Type = ERRORS.get(name) ?? Error;
  return new Type(message);
}
