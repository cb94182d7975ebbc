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
  type BasicPermission,
} from '@backstage/plugin-permission-common';
import {
  bundleDownloadPermission,
  credentialsIssuePermission,
  credentialsReadPermission,
  databaseDeletePermission,
  databaseOperatePermission,
  databaseReadPermission,
  type Database,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Request } from 'express';

/** Whatever the typed router knows about it besides. */
export type AnyRequest = Request<any, any, any, any, any>;

/** A signed-in user, and what they own. */
export interface User {
  readonly credentials: BackstageCredentials<BackstageUserPrincipal>;
  readonly userEntityRef: string;
  /** Lower case. */
  readonly ownershipEntityRefs: ReadonlySet<string>;
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
 * Fails closed: an error while asking refuses the request.
 */
export class Authorizer {
  readonly #deps: AuthorizerDeps;
  readonly #admins: readonly string[];

  constructor(deps: AuthorizerDeps) {
    this.#deps = deps;
    this.#admins = deps.admins.map(normalize);
  }

  /**
   * A user or another plugin that may read.
   *
   * @throws AuthenticationError, NotAllowedError
   */
  async requireReader(request: AnyRequest): Promise<BackstageCredentials> {
    const credentials = await this.#deps.httpAuth.credentials(request, {
      allow: ['user', 'service'],
    });
    await this.requireMayRead(credentials);
    return credentials;
  }

  /** @throws NotAllowedError where these credentials may not read */
  async requireMayRead(credentials: BackstageCredentials): Promise<void> {
    await this.#requirePermission(credentials, databaseReadPermission);
  }

  /**
   * A user, never a plugin on its own account, with a permission.
   *
   * @throws AuthenticationError, NotAllowedError
   */
  async requireUser(
    request: AnyRequest,
    permission: BasicPermission,
  ): Promise<User> {
    const credentials = await this.#deps.httpAuth.credentials(request, {
      allow: ['user'],
    });
    await this.#requirePermission(credentials, permission);
    return await this.#user(credentials);
  }

  /** @throws NotAllowedError where the user owns neither it nor everything */
  requireOwner(user: User, owner: string, database: string): void {
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
    owner: string,
  ): Promise<Database['allowed']> {
    if (!isUser(credentials)) {
      return NOTHING_ALLOWED;
    }
    const owns = this.#owns(await this.#user(credentials), owner);
    const decisions = await this.#deps.permissions.authorize(
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
    ] = decisions.map(
      decision => owns && decision.result === AuthorizeResult.ALLOW,
    );
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
    permission: BasicPermission,
  ): Promise<void> {
    const [decision] = await this.#deps.permissions.authorize(
      [{ permission }],
      { credentials },
    );
    if (decision.result === AuthorizeResult.ALLOW) return;
    throw new NotAllowedError(
      `Permission "${permission.name}" is denied to you by this portal's permission policy; ask those who run it`,
    );
  }

  async #user(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<User> {
    const info = await this.#deps.userInfo.getUserInfo(credentials);
    return {
      credentials,
      userEntityRef: info.userEntityRef,
      ownershipEntityRefs: new Set(info.ownershipEntityRefs.map(normalize)),
    };
  }

  #owns(user: User, ...owners: string[]): boolean {
    return [...owners.map(normalize), ...this.#admins].some(ref =>
      user.ownershipEntityRefs.has(ref),
    );
  }
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
