import type {
  BackstageCredentials,
  BackstageUserPrincipal,
  HttpAuthService,
  PermissionsService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  isResourcePermission,
  type Permission,
  type PolicyDecision,
  type ResourcePermission,
} from '@backstage/plugin-permission-common';
import {
  bundleDownloadPermission,
  credentialsIssuePermission,
  credentialsReadPermission,
  databaseDeletePermission,
  databaseOperatePermission,
  databaseReadPermission,
  stringifyDatabaseRef,
  type Database,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Request } from 'express';
import {
  createDatabaseConditions,
  type DatabaseResource,
} from '../permissions';

/** Whatever the typed router knows about it besides. */
export type AnyRequest = Request<any, any, any, any, any>;

/** A signed-in user, and what they own. */
export interface User {
  readonly credentials: BackstageCredentials<BackstageUserPrincipal>;
  readonly userEntityRef: string;
  /** Lower case. */
  readonly ownershipEntityRefs: ReadonlySet<string>;
  /** Of the permission that was asked for; a condition is answered with the database, together with its ownership. */
  readonly decision: PolicyDecision;
}

/** Who may read: all databases, or those that a policy's conditions allow. */
export interface Reader {
  readonly credentials: BackstageCredentials;
  /** Whether they may see this one. */
  sees(database: DatabaseResource): boolean;
}

export interface AuthorizerDeps {
  readonly httpAuth: HttpAuthService;
  readonly permissions: PermissionsService;
  readonly userInfo: UserInfoService;
  /** `ringfence.admins`: entity refs that count as owners of every database. */
  readonly admins: readonly string[];
}

const NOTHING_ALLOWED: Database['allowed'] = {
  downloadBundle: false,
  readCredentials: false,
  delete: false,
  operate: false,
  issueCredentials: false,
};

/**
 * Who may do what. Two questions, and both must be answered with yes:
 *
 * - the permission, as the portal's policy decides it;
 * - ownership, for everything but reading the list, one database and its
 *   report: those are open to whoever has `ringfence.database.read`, so that a
 *   platform team sees every fence. It is asked here and not left to a policy,
 *   because a portal may run with the permission framework off.
 *
 * A policy may answer the permission by conditions (see `../permissions`): they
 * are answered here, with the database at hand, and lists leave out what they
 * do not allow.
 *
 * Fails closed: an error while asking refuses the request.
 */
export class Authorizer {
  readonly #deps: AuthorizerDeps;
  readonly #admins: readonly string[];
  readonly #allows = createDatabaseConditions();

  constructor(deps: AuthorizerDeps) {
    this.#deps = deps;
    this.#admins = deps.admins.map(normalize);
  }

  /**
   * A user or another plugin that may read.
   *
   * @throws AuthenticationError, NotAllowedError
   */
  async requireReader(request: AnyRequest): Promise<Reader> {
    const credentials = await this.#deps.httpAuth.credentials(request, {
      allow: ['user', 'service'],
    });
    return await this.requireMayRead(credentials);
  }

  /** @throws NotAllowedError where these credentials may read nothing */
  async requireMayRead(credentials: BackstageCredentials): Promise<Reader> {
    const decision = await this.#requirePermission(
      credentials,
      databaseReadPermission,
    );
    return {
      credentials,
      sees: database => this.#allows(decision, database),
    };
  }

  /**
   * One that a list would leave out, for who may see others.
   *
   * @throws NotAllowedError
   */
  requireSeen(reader: Reader, database: DatabaseResource): void {
    if (!reader.sees(database)) throw denied(databaseReadPermission);
  }

  /**
   * A user, never a plugin on its own account, with a permission.
   *
   * @throws AuthenticationError, NotAllowedError
   */
  async requireUser(
    request: AnyRequest,
    permission: Permission,
  ): Promise<User> {
    const credentials = await this.#deps.httpAuth.credentials(request, {
      allow: ['user'],
    });
    const decision = await this.#requirePermission(credentials, permission);
    return { ...(await this.#user(credentials)), decision };
  }

  /**
   * The second half of {@link requireUser}: what the policy's conditions say of
   * this database, and whose it is.
   *
   * @throws NotAllowedError where the user owns neither it nor everything
   */
  requireOwner(user: User, { ref, spec }: DatabaseResource): void {
    const database = stringifyDatabaseRef(ref);
    if (!this.#allows(user.decision, { ref, spec })) {
      throw new NotAllowedError(
        `This portal's permission policy does not allow you this on database "${database}"; ask those who run it`,
      );
    }
    const { owner } = spec;
    if (this.#owns(user, owner)) return;
    throw new NotAllowedError(
      `"${user.userEntityRef}" is not an owner of database "${database}", which belongs to "${owner}". Ask an owner, or have one of your groups named in ringfence.admins`,
    );
  }

  /** Whether the user is one of these owners, or of those who own everything. */
  isOneOf(user: User, owners: readonly string[]): boolean {
    return this.#owns(user, ...owners);
  }

  /** @throws NotAllowedError where the user names an owner that they are not one of */
  requireBecomesOwner(user: User, owner: string): void {
    if (this.#owns(user, owner)) return;
    throw new NotAllowedError(
      `spec.owner: "${
        user.userEntityRef
      }" is not one of "${owner}". Name an owner that you belong to: ${[
        ...user.ownershipEntityRefs,
      ].join(', ')}`,
    );
  }

  /** What interfaces may offer; each route asks for itself again. */
  async allowed(
    credentials: BackstageCredentials,
    database: DatabaseResource,
  ): Promise<Database['allowed']> {
    if (!isUser(credentials)) {
      return NOTHING_ALLOWED;
    }
    const user = await this.#user(credentials);
    const owns = this.#owns(user, database.spec.owner);
    const decisions = await this.#deps.permissions.authorizeConditional(
      [
        { permission: bundleDownloadPermission },
        { permission: credentialsReadPermission },
        { permission: databaseDeletePermission },
        { permission: databaseOperatePermission },
        { permission: credentialsIssuePermission },
      ],
      { credentials },
    );
    const [
      downloadBundle,
      readCredentials,
      deletes,
      operate,
      issueCredentials,
    ] = decisions.map(decision => owns && this.#allows(decision, database));
    return {
      downloadBundle,
      readCredentials,
      delete: deletes,
      operate,
      issueCredentials,
    };
  }

  async #requirePermission(
    credentials: BackstageCredentials,
    permission: Permission,
  ): Promise<PolicyDecision> {
    const decision = isResourcePermission(permission)
      ? await this.#conditionally(credentials, permission)
      : (
          await this.#deps.permissions.authorize([{ permission }], {
            credentials,
          })
        )[0];
    if (decision.result === AuthorizeResult.DENY) throw denied(permission);
    return decision;
  }

  async #conditionally(
    credentials: BackstageCredentials,
    permission: ResourcePermission,
  ): Promise<PolicyDecision> {
    const [decision] = await this.#deps.permissions.authorizeConditional(
      [{ permission }],
      { credentials },
    );
    return decision;
  }

  async #user(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<Omit<User, 'decision'>> {
    const info = await this.#deps.userInfo.getUserInfo(credentials);
    return {
      credentials,
      userEntityRef: info.userEntityRef,
      ownershipEntityRefs: new Set(info.ownershipEntityRefs.map(normalize)),
    };
  }

  #owns(user: Omit<User, 'decision'>, ...owners: string[]): boolean {
    return [...owners.map(normalize), ...this.#admins].some(ref =>
      user.ownershipEntityRefs.has(ref),
    );
  }
}

function denied({ name }: Permission): NotAllowedError {
  return new NotAllowedError(
    `Permission "${name}" is denied to you by this portal's permission policy; ask those who run it`,
  );
}

function isUser(
  credentials: BackstageCredentials,
): credentials is BackstageCredentials<BackstageUserPrincipal> {
  return (credentials.principal as { type?: string }).type === 'user';
}

/** Entity refs are compared without regard to case, as the catalog does. */
function normalize(entityRef: string): string {
  return entityRef.toLocaleLowerCase('en-US');
}
