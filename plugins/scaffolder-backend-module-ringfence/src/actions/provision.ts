import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  createTemplateAction,
  type ActionContext,
} from '@backstage/plugin-scaffolder-node';
import {
  databaseEntityRef,
  stringifyDatabaseRef,
  type DatabaseRef,
  type ProvisionOutcome,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Manifest,
  RingfenceService,
} from '@ringfence/backstage-plugin-ringfence-node';
import { awaitEntity, type AwaitEntityTimings } from '../awaitEntity';
import { followEvents } from '../followEvents';
import { logPlan } from '../logPlan';
import { examples } from './provision.examples';
import { specInput } from './specFields';

/** What {@link createProvisionAction} works with. */
export interface ProvisionActionDeps {
  readonly ringfence: Pick<RingfenceService, 'provision' | 'plan'>;
  readonly catalog: Pick<CatalogService, 'getEntityByRef'>;
  /** @default looks for the entity twice a second, for 10 s */
  readonly entityTimings?: Partial<AwaitEntityTimings>;
}

/**
 * `ringfence:database:provision`: creates a database, or completes or changes
 * the one that is there. Run again at any time; nothing is ever deleted.
 */
export function createProvisionAction(deps: ProvisionActionDeps) {
  return createTemplateAction({
    id: 'ringfence:database:provision',
    description:
      'Creates a fenced database in a namespace of its own, or completes or changes the one that is there',
    examples,
    supportsDryRun: true,
    schema: {
      input: specInput,
      output: z =>
        z.object({
          database: z
            .string()
            .describe('Its address: `<kubernetesCluster>/<namespace>`'),
          entityRef: z.string().describe('Its entity in the catalog'),
          gatewayAddresses: z
            .array(z.string())
            .describe('Where its gateway listens'),
          gatewayPorts: z.array(z.number()).describe('And on which ports'),
          changed: z
            .boolean()
            .describe('false where everything was as asked already'),
          manifests: z
            .array(z.record(z.unknown()))
            .optional()
            .describe('Dry run only: what would be applied, without Secrets'),
        }),
    },
    async handler(ctx) {
      const result = ctx.isDryRun
        ? await dryRun(deps, ctx)
        : await run(deps, ctx);
      ctx.output('database', result.database);
      ctx.output('entityRef', result.entityRef);
      ctx.output('gatewayAddresses', result.gatewayAddresses);
      ctx.output('gatewayPorts', result.gatewayPorts);
      ctx.output('changed', result.changed);
      if (result.manifests) ctx.output('manifests', result.manifests);
    },
  });
}

type Context = Pick<
  ActionContext<any>,
  'logger' | 'signal' | 'getInitiatorCredentials'
> & { readonly input: DatabaseRef };

type Result = Omit<ProvisionOutcome, 'summary'> & {
  readonly manifests?: Manifest[];
};

async function run(deps: ProvisionActionDeps, ctx: Context): Promise<Result> {
  const { logger, signal } = ctx;
  const credentials = await ctx.getInitiatorCredentials();
  const outcome = await followEvents(
    deps.ringfence.provision(ctx.input, { credentials, signal }),
    logger,
  );
  logger.info(outcome.summary);
  await awaitEntity(outcome.entityRef, {
    catalog: deps.catalog,
    credentials,
    logger,
    signal,
    timings: deps.entityTimings,
  });
  return outcome;
}

async function dryRun(
  deps: ProvisionActionDeps,
  ctx: Context,
): Promise<Result> {
  const credentials = await ctx.getInitiatorCredentials();
  const { signal } = ctx;
  const plan = await deps.ringfence.plan(ctx.input, { credentials, signal });
  logPlan(plan, ctx.logger);
  return {
    database: stringifyDatabaseRef(ctx.input),
    entityRef: databaseEntityRef(ctx.input),
    gatewayAddresses: [],
    gatewayPorts: [],
    changed: false,
    manifests: plan.stages.flatMap(stage => stage.manifests),
  };
}
