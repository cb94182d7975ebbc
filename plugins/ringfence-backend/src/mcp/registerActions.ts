import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  fleetRowSchema,
  findingSchema,
  reportSchema,
  stringifyDatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { z } from 'zod/v3';
import type { StoredDatabase } from '../databases/Databases';
import type { Reader } from '../router/Authorizer';
import { toFleet } from '../router/present';
import type { RouterServices } from '../router/services';

/** What the actions work with. */
export interface ActionsDeps {
  readonly registry: ActionsRegistryService;
  readonly services: Pick<RouterServices, 'databases' | 'reports'>;
  /** Throws NotAllowedError where these credentials may read nothing. */
  readonly requireRead: (
    credentials: BackstageCredentials,
  ) => Promise<Pick<Reader, 'sees'>>;
}

type Zod = typeof z;

/** Nothing is changed by them, and the same call gives the same answer. */
const READ_ONLY = { readOnly: true, destructive: false, idempotent: true };

const ofDatabase = (zod: Zod) =>
  zod.object({
    kubernetesCluster: zod.string().describe('Name of the Kubernetes cluster'),
    namespace: zod.string().describe('Namespace of the database'),
  });

/**
 * Registers what assistants (MCP) and other plugins may ask, as the user who
 * asks: which databases there are, the report on one, and what a finding means.
 */
export function registerActions(deps: ActionsDeps): void {
  for (const create of [listDatabases, getReport, explainFindings]) {
    // The zod that the registry hands over is another copy, with other types.
    deps.registry.register(create(deps) as never);
  }
}

function listDatabases({ services, requireRead }: ActionsDeps) {
  return {
    name: 'list-databases',
    title: 'List fenced databases',
    description:
      'Lists the databases that Ringfence manages, each with its Kubernetes cluster, namespace, owner, blueprint, version, the state of its fence (ok, warning, failing or unknown) in a headline, and when its first certificate ends.',
    attributes: READ_ONLY,
    schema: {
      input: (zod: Zod) => zod.object({}),
      output: (zod: Zod) =>
        zod.object({
          databases: zod.array(fleetRowSchema),
          unreachable: zod
            .array(zod.string())
            .describe('Kubernetes clusters that could not be asked'),
        }),
    },
    async action({ credentials }: { credentials: BackstageCredentials }) {
      const reader = await requireRead(credentials);
      const unreachable = new Set<string>();
      const databases = await services.databases.list({
        onUnreachable: name => unreachable.add(name),
      });
      return {
        output: {
          databases: toFleet(
            databases.filter(database => reader.sees(database)),
            services.reports.all(),
          ),
          unreachable: [...unreachable],
        },
      };
    },
  };
}

/** One that the list leaves out. */
function requireSeen(reader: Pick<Reader, 'sees'>, database: StoredDatabase) {
  if (reader.sees(database)) return;
  throw new NotAllowedError(
    `This portal's permission policy does not allow you to see database "${stringifyDatabaseRef(
      database.ref,
    )}"`,
  );
}

function getReport({ services, requireRead }: ActionsDeps) {
  return {
    name: 'get-report',
    title: 'Report on a fenced database',
    description:
      'Says whether the fence of one database holds: every finding with its status, evidence and remedy, its certificates and its nodes. An unknown finding means that it could not be looked at, not that it is well.',
    attributes: READ_ONLY,
    schema: { input: ofDatabase, output: () => reportSchema },
    async action({ input, credentials }: ActionContext<typeof ofDatabase>) {
      const reader = await requireRead(credentials);
      const database = await services.databases.get(input);
      requireSeen(reader, database);
      const report = await services.reports.read(database, { refresh: false });
      return { output: report };
    },
  };
}

const ofFinding = (zod: Zod) =>
  ofDatabase(zod).extend({
    check: zod
      .string()
      .optional()
      .describe(
        'Id of the check, such as `certificate.served`; absent: all that are not ok',
      ),
  });

function explainFindings({ services, requireRead }: ActionsDeps) {
  return {
    name: 'explain-findings',
    title: 'Explain what is wrong with a fenced database',
    description:
      'Explains findings on one database: what was asked, what was seen, what the reason means in general, and the exact next command. Without a check, all that are not ok.',
    attributes: READ_ONLY,
    schema: {
      input: ofFinding,
      output: (zod: Zod) =>
        zod.object({
          headline: zod.string(),
          findings: zod.array(
            findingSchema.extend({
              meaning: zod
                .string()
                .optional()
                .describe('What the reason means, whatever the database'),
            }),
          ),
        }),
    },
    async action({ input, credentials }: ActionContext<typeof ofFinding>) {
      const reader = await requireRead(credentials);
      const database = await services.databases.get(input);
      requireSeen(reader, database);
      const report = await services.reports.read(database, { refresh: false });
      const { blueprint, spec } = database;
      const asked = report.findings.filter(({ check, status }) =>
        input.check ? check === input.check : status !== 'ok',
      );
      if (input.check && asked.length === 0) {
        const checks = new Set(report.findings.map(({ check }) => check));
        throw new NotFoundError(
          `Check "${input.check}" is not asked of this database; these are: ${[
            ...checks,
          ].join(', ')}`,
        );
      }
      const meanings = new Map(
        blueprint.checks(spec).map(({ id, reasons }) => [id, reasons]),
      );
      const findings = asked.map(finding => {
        const meaning = meanings.get(finding.check)?.[finding.reason];
        return { ...finding, ...(meaning && { meaning }) };
      });
      return { output: { headline: report.headline, findings } };
    },
  };
}

type ActionContext<Schema extends (zod: Zod) => z.ZodTypeAny> = {
  readonly input: z.infer<ReturnType<Schema>>;
  readonly credentials: BackstageCredentials;
};
