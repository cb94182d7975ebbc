import type { RingLogin } from '../ring';
import { CqlError, errorCodes } from './frames';

/** What `CREATE ROLE` and `ALTER ROLE` can say of a role. */
export interface RoleOptions {
  readonly password?: string;
  readonly login?: boolean;
  readonly superuser?: boolean;
}

/** A role as the stub remembers it. */
export interface Role {
  readonly name: string;
  password?: string;
  login: boolean;
  superuser: boolean;
  /** Names of roles granted to it. */
  readonly memberOf: Set<string>;
  /** Granted, as `PERMISSION ON resource`, such as `CREATE ON ALL KEYSPACES`. */
  readonly permissions: Set<string>;
}

/** As a new Cassandra has it. */
const PUBLIC_LOGIN: RingLogin = {
  username: 'cassandra',
  password: 'cassandra',
  superuser: true,
};

/** The roles of a stub ring, in memory. */
export class Roles {
  readonly #roles = new Map<string, Role>();

  constructor(logins: readonly RingLogin[] = [PUBLIC_LOGIN]) {
    for (const { username, ...rest } of logins) {
      this.create(username, { ...rest, login: true });
    }
  }

  list(): Role[] {
    return [...this.#roles.values()];
  }

  /** @returns undefined where there is no such role */
  find(name: string): Role | undefined {
    return this.#roles.get(name);
  }

  /** @throws CqlError where there is no such role */
  get(name: string): Role {
    const role = this.#roles.get(name);
    if (!role) {
      throw new CqlError(errorCodes.invalid, `${name} doesn't exist`);
    }
    return role;
  }

  /** @throws CqlError where there is one of that name */
  create(name: string, options: RoleOptions): void {
    if (this.#roles.has(name)) {
      throw new CqlError(errorCodes.invalid, `${name} already exists`);
    }
    const { password, login = false, superuser = false } = options;
    this.#roles.set(name, {
      name,
      password,
      login,
      superuser,
      memberOf: new Set(),
      permissions: new Set(),
    });
  }

  /** @throws CqlError where there is no such role */
  alter(name: string, options: RoleOptions): void {
    Object.assign(
      this.get(name),
      Object.fromEntries(
        Object.entries(options).filter(([, value]) => value !== undefined),
      ),
    );
  }

  drop(name: string): void {
    this.#roles.delete(name);
    for (const role of this.#roles.values()) role.memberOf.delete(name);
  }

  /** @throws CqlError with the words of PasswordAuthenticator where it must not come in */
  authenticate(username: string, password: string): Role {
    const role = this.#roles.get(username);
    if (!role || role.password === undefined || role.password !== password) {
      throw new CqlError(
        errorCodes.badCredentials,
        `Provided username ${username} and/or password are incorrect`,
      );
    }
    if (!role.login) {
      throw new CqlError(
        errorCodes.badCredentials,
        `${username} is not permitted to log in`,
      );
    }
    return role;
  }

  /** Whether the role has a permission on any of these resources, by itself or by a role granted to it. */
  may(name: string, permission: string, resources: readonly string[]): boolean {
    const roles = this.#withGranted(name);
    return roles.some(
      role =>
        role.superuser ||
        resources.some(resource =>
          role.permissions.has(`${permission} ON ${resource}`),
        ),
    );
  }

  #withGranted(name: string): Role[] {
    const found = new Set<Role>();
    const visit = (it: string) => {
      const role = this.#roles.get(it);
      if (!role || found.has(role)) return;
      found.add(role);
      role.memberOf.forEach(visit);
    };
    visit(name);
    return [...found];
  }
}
