import type { Log } from '../log';
import type { RingLogin, RingOptions } from '../ring';

/** Everything needed to run Cassandra on this machine. */
export interface CassandraInstallation {
  readonly available: true;
  /** The `java` binary, of version 11 or 17. */
  readonly java: string;
  readonly javaVersion: 11 | 17;
  /** Directory with all jars of Cassandra. */
  readonly classPathDir: string;
  /** Of Cassandra, such as `5.0.8`. */
  readonly version: string;
}

/** Why Cassandra cannot run here, in one line. */
export interface CassandraUnavailable {
  readonly available: false;
  readonly why: string;
}

/** How to look for Cassandra. */
export interface FindCassandraOptions {
  readonly log: Log;
  readonly signal?: AbortSignal;
  /** @defaultValue `$XDG_CACHE_HOME/ringfence`, else `~/.cache/ringfence` */
  readonly cacheDir?: string;
  /** @defaultValue `process.platform` */
  readonly platform?: string;
  /** Where to look for `java` and `mvn`. @defaultValue `process.env` */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Classes of `cassandra.yaml`. */
export interface CassandraAuthentication {
  /** Such as `PasswordAuthenticator`. */
  readonly authenticator: string;
  /** Such as `CassandraAuthorizer`. */
  readonly authorizer: string;
}

/** A ring of Cassandra nodes, one JVM each. */
export interface CassandraRingOptions extends RingOptions {
  readonly installation: CassandraInstallation;
  /**
   * Made before `ready` resolves, with the public login `cassandra` disabled.
   * Absent: `cassandra`/`cassandra`, as a new Cassandra has it.
   */
  readonly superuser?: RingLogin;
  /**
   * Leaves logins as a new Cassandra has them: one copy in the ring, whoever
   * may log in by these classes. Not together with `superuser`.
   *
   * @defaultValue passwords are asked for, and each login has up to three copies
   */
  readonly asShipped?: CassandraAuthentication;
  /**
   * Settings of a node by its name, laid over `cassandra.yaml`; read at each of
   * its starts. With `client_encryption_options` among them nobody here can log
   * in: `superuser` is made before the first node listens where clients are.
   */
  readonly settings?: (
    node: string,
  ) => Promise<Readonly<Record<string, unknown>>>;
  /** Further options of a node's JVM by its name, such as those that encrypt JMX; read at each of its starts. */
  readonly jvmOptions?: (node: string) => Promise<readonly string[]>;
  /** Holds the nodes' data, and is kept on stop. @defaultValue a temporary directory, removed on stop */
  readonly dataDir?: string;
}
