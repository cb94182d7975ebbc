import type { RingNode } from '../../ring';

/** What the settings of a cluster say, as far as the stub goes. */
export interface StubIgniteSettings {
  /** Whether it asks for logins. */
  readonly authentication: boolean;
  /** Whether it keeps data: then it starts inactive. */
  readonly persistence: boolean;
  readonly caches: readonly {
    readonly name: string;
    readonly mode: string;
    readonly backups: number;
  }[];
}

/** The superuser of every new Ignite. */
const PUBLIC_LOGIN = ['ignite', 'ignite'] as const;

/** What the nodes of a simulated cluster know together. */
export class StubState {
  readonly users = new Map<string, string>([PUBLIC_LOGIN]);
  settings: StubIgniteSettings = {
    authentication: false,
    persistence: false,
    caches: [],
  };
  isActive = false;
  /** Names of the nodes that data is spread over. */
  baseline: readonly string[] = [];

  /** @param members - the nodes that run */
  constructor(readonly members: () => readonly RingNode[]) {}

  mayLogIn(username?: string, password?: string): boolean {
    if (!this.settings.authentication) return true;
    return (
      password !== undefined && this.users.get(username ?? '') === password
    );
  }

  activate(isActive: boolean): void {
    if (isActive && !this.isActive) {
      this.baseline = this.members().map(({ name }) => name);
    }
    this.isActive = isActive;
  }
}
