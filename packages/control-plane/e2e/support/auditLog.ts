import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One request, as the API server saw it. */
export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
  /** The decision, and which role it comes from. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The audit log of an API server: who asked for what, and what allowed or refused it. */
export class AuditLog {
  private constructor(private readonly directory: string) {}

  /** @param username - whose requests are logged */
  static async create(directory: string, username: string): Promise<AuditLog> {
    await mkdir(directory, { recursive: true });
    const log = new AuditLog(directory);
    const policy = {
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      omitStages: ['RequestReceived'],
      rules: [{ level: 'Metadata', users: [username] }, { level: 'None' }],
    };
    await writeFile(log.at('policy.json'), JSON.stringify(policy));
    return log;
  }

  /** What kube-apiserver must be told. */
  get apiServerArgs(): string[] {
    return [
      `--audit-policy-file=${this.at('policy.json')}`,
      `--audit-log-path=${this.at('audit.log')}`,
    ];
  }

  /** Everything so far. */
  async events(): Promise<AuditEvent[]> {
    const text = await readFile(this.at('audit.log'), 'utf8');
    return text
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line));
  }

  private at(name: string): string {
    return join(this.directory, name);
  }
}

export const isForbidden = (event: AuditEvent): boolean =>
  event.annotations?.['authorization.k8s.io/decision'] === 'forbid' ||
  event.responseStatus?.code === 403;

/** A request in words: `get secrets orders/orders-app`. */
export function describeEvent({ verb, objectRef, requestURI }: AuditEvent) {
  if (!objectRef?.resource) return `${verb} ${requestURI}`;
  const { apiGroup, resource, subresource, namespace, name } = objectRef;
  const kind = [resource, apiGroup].filter(Boolean).join('.');
  return [
    verb,
    [kind, subresource].filter(Boolean).join('/'),
    [namespace, name].filter(Boolean).join('/'),
  ].join(' ');
}
