import type { Log } from '../log';
import type { RingNodeOptions } from '../ring';
import type { IgniteInstallation } from './findIgnite';

/** Port on which every node takes thin clients. */
export const THIN_CLIENT_PORT = 10800;
/** Port on which a node serves REST, where it has that module. */
export const REST_PORT = 8080;

/** How a node is started, as its container would be. */
export interface IgniteStart {
  /** Spring XML. */
  readonly settingsFile: string;
  /** Variables that the settings refer to. */
  readonly environment: Readonly<Record<string, string>>;
  /** Such as `-Xmx384m`. */
  readonly jvmOptions: readonly string[];
  /** Modules that are left out otherwise, such as `ignite-rest-http`. */
  readonly optionLibs: readonly string[];
  /** What names stand for, as in `/etc/hosts`; then no other names are known. @defaultValue those of this machine */
  readonly hostsFile?: string;
}

/** A cluster of Ignite nodes, one JVM each. */
export interface IgniteClusterOptions {
  readonly installation: IgniteInstallation;
  readonly nodes: readonly RingNodeOptions[];
  /** Read at each start of a node, by its name. */
  readonly start: (node: string) => Promise<IgniteStart>;
  /** A folder for each node's log. */
  readonly directory: string;
  readonly log: Log;
}
