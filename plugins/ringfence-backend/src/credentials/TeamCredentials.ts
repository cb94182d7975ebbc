import { randomBytes } from 'node:crypto';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  credentialRequestSchema,
  type DatabaseRef,
  type IssuedCredential,
} from '@ringfence/backstage-plugin-ringfence-common';
import { Secret } from '@ringfence/backstage-plugin-ringfence-node';
import { systemClock, type Clock } from '../provisioning/clock';
import { RefusedError } from '../provisioning/errors';
import type { Operated } from '../provisioning/operate';
import type { RunOptions } from '../provisioning/Session';
import type { ProvisionerDeps } from '../provisioning/Provisioner';
import { CredentialBook } from './CredentialBook';
import { dropRole, dropSecret, loginWorks, makeRole, writeSecret } from './act';
import { roleName, roleVersion } from './roles';
import { runChange } from './runChange';

const PASSWORD_BYTES = 24;
/** How long a rotated role goes on to log in, unless asked otherwise. */
export const GRACE_HOURS = 24;
const HOUR_MS = 3_600_000;

/** A credential with its login, which is told this once. */
export interface NewCredential {
  readonly credential: IssuedCredential;
  readonly password: Secret;
}

/** What a change works with. */
interface Change extends Operated {
  readonly book: CredentialBook;
  readonly issued: readonly IssuedCredential[];
  readonly actor: string;
}

/**
 * Roles of teams: made over CQL as the superuser, their passwords kept in
 * Secrets of the database's namespace. Each change holds the database's Lease,
 * and drops the roles whose time after a rotation is over.
 */
export class TeamCredentials {
  readonly #deps: Pick<
    ProvisionerDeps,
    'clusters' | 'blueprints' | 'createTools'
  >;
  readonly #clock: Clock;

  constructor(
    deps: Pick<
      ProvisionerDeps,
      'clusters' | 'blueprints' | 'createTools' | 'clock'
    >,
  ) {
    this.#deps = deps;
    this.#clock = deps.clock ?? systemClock;
  }

  /** Those issued for a database; nothing secret. */
  async list(ref: DatabaseRef): Promise<IssuedCredential[]> {
    const { kubernetes } = this.#deps.clusters.get(ref.kubernetesCluster);
    return new CredentialBook(kubernetes, ref.namespace).read();
  }

  /**
   * Makes a role for a team.
   *
   * @throws InputError where the request makes no sense, or a keyspace is not there
   * @throws ConflictError where there is one of that name
   */
  async issue(
    ref: DatabaseRef,
    request: unknown,
    options: RunOptions,
  ): Promise<NewCredential> {
    const { name, team, keyspaces, access } = parse(request);
    return this.#change(ref, options, async change => {
      requireCql(change);
      if (change.issued.some(issued => issued.name === name)) {
        throw new RefusedError(
          `Database "${change.run.name}" has a credential "${name}" already`,
          { name: ConflictError.name, remedy: 'Rotate it, or revoke it first' },
        );
      }
      return this.#makeVersion(change, 1, { name, team, keyspaces, access });
    });
  }

  /**
   * Makes another role in the place of one; both log in until the grace is over.
   *
   * @param options.graceHours - 0: the old role ends at once @defaultValue {@link GRACE_HOURS}
   * @throws NotFoundError where there is none of that name
   */
  async rotate(
    ref: DatabaseRef,
    name: string,
    options: RunOptions & { readonly graceHours?: number },
  ): Promise<NewCredential> {
    const { graceHours = GRACE_HOURS } = options;
    return this.#change(ref, options, async change => {
      const old = find(change, name);
      if (old.previous) await dropRole(change, old.previous.role);
      const until = this.#clock.now().getTime() + graceHours * HOUR_MS;
      const previous = {
        role: old.role,
        until: new Date(until).toISOString(),
      };
      const made = await this.#makeVersion(change, roleVersion(old.role) + 1, {
        ...old,
        ...{ previous: graceHours > 0 ? previous : undefined },
      });
      if (graceHours === 0) await dropRole(change, old.role);
      return made;
    });
  }

  /** Drops the role, that before it, and the Secret. @throws NotFoundError where there is none */
  async revoke(
    ref: DatabaseRef,
    name: string,
    options: RunOptions,
  ): Promise<void> {
    await this.#change(ref, options, async change => {
      const { role, previous, secret } = find(change, name);
      await dropRole(change, role);
      if (previous) await dropRole(change, previous.role);
      await dropSecret(change, secret);
      await change.book.write(
        change.issued.filter(issued => issued.name !== name),
      );
    });
  }

  /** Drops the roles of a database whose time after a rotation is over. @returns how many */
  async sweep(ref: DatabaseRef, options: RunOptions): Promise<number> {
    const overdue = (await this.list(ref)).filter(it => this.#isOver(it));
    if (overdue.length > 0) await this.#change(ref, options, async () => {});
    return overdue.length;
  }

  #isOver({ previous }: IssuedCredential): boolean {
    return (
      previous !== undefined &&
      Date.parse(previous.until) <= this.#clock.now().getTime()
    );
  }

  async #makeVersion(
    change: Change,
    version: number,
    wanted: Pick<
      IssuedCredential,
      'name' | 'team' | 'keyspaces' | 'access' | 'previous'
    >,
  ): Promise<NewCredential> {
    const { run, book, issued, actor } = change;
    const { name, team, keyspaces, access, previous } = wanted;
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    run.redactor.hide(password);
    const credential: IssuedCredential = {
      name,
      role: roleName(name, version),
      secret: `${run.name}-credential-${name}`,
      ...{ team, keyspaces, access },
      issuedBy: actor,
      issuedAt: this.#clock.now().toISOString(),
      ...(previous && { previous }),
    };
    // The role first: what reads the Secret finds a login that works.
    await makeRole(change, credential, password);
    await writeSecret(change, credential, password);
    await loginWorks(change, credential);
    await book.write([...issued.filter(it => it.name !== name), credential]);
    return { credential, password: new Secret(password) };
  }

  async #change<T>(
    ref: DatabaseRef,
    options: RunOptions,
    work: (change: Change) => Promise<T>,
  ): Promise<T> {
    return runChange(this.#deps, this.#clock, ref, options, async operated => {
      const { kubernetes } = operated.run;
      const book = new CredentialBook(kubernetes, ref.namespace);
      const issued = await this.#dropOverdue(operated, book);
      return work({ ...operated, book, issued, actor: options.actor });
    });
  }

  async #dropOverdue(
    operated: Operated,
    book: CredentialBook,
  ): Promise<IssuedCredential[]> {
    const issued = await book.read();
    const overdue = issued.filter(it => this.#isOver(it));
    if (overdue.length === 0) return issued;
    for (const { previous } of overdue) {
      await dropRole(operated, previous!.role);
    }
    const left = issued.map(({ previous, ...credential }) =>
      overdue.some(({ name }) => name === credential.name) || !previous
        ? credential
        : { ...credential, previous },
    );
    await book.write(left);
    return left;
  }
}

function parse(request: unknown) {
  const result = credentialRequestSchema.safeParse(request);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  throw new InputError(`${path.join('.') || 'credential'}: ${message}`);
}

/** Roles with rights on keyspaces are CQL's. @throws NotAllowedError for a database that speaks another protocol */
function requireCql({ run, blueprint, spec }: Change): void {
  if (blueprint.access(spec).protocol === 'cql') return;
  throw new RefusedError(
    `Database "${run.name}" has one login for its clients, and none by team: it does not speak CQL`,
    {
      name: NotAllowedError.name,
      remedy:
        'Give teams client certificates of their own, and the login that all have',
    },
  );
}

function find({ issued, run }: Change, name: string): IssuedCredential {
  const found = issued.find(credential => credential.name === name);
  if (found) return found;
  throw new RefusedError(`Database "${run.name}" has no credential "${name}"`, {
    name: NotFoundError.name,
    remedy: 'List those that were issued',
  });
}
