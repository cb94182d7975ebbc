import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  databaseEntityRef,
  parseDatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { RingfenceService } from '@ringfence/backstage-plugin-ringfence-node';
import { followEvents } from '../followEvents';
import { examples } from './decommission.examples';

/** What {@link createDecommissionAction} works with. */
export interface DecommissionActionDeps {
  readonly ringfence: Pick<RingfenceService, 'decommission'>;
}

/** `ringfence:database:decommission`: removes what Ringfence made, once the name is typed again. */
export function createDecommissionAction({
  ringfence,
}: DecommissionActionDeps) {
  return createTemplateAction({
    id: 'ringfence:database:decommission',
    description:
      'Removes a fenced database; its volumes, and all that is needed to take them up again, stay unless asked otherwise',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        database: z =>
          z.string().describe('Its address: `<kubernetesCluster>/<namespace>`'),
        confirm: z => z.string().describe('Its name, typed again'),
        deleteVolumes: z =>
          z.boolean().default(false).describe('Delete its data too, for good'),
      },
      output: {
        database: z => z.string().describe('Its address'),
        entityRef: z => z.string().describe('Its entity in the catalog'),
        changed: z =>
          z.boolean().describe('false where there was nothing to remove'),
      },
    },
    async handler(ctx) {
      const { database, confirm, deleteVolumes = false } = ctx.input;
      const ref = parseDatabaseRef(database);
      if (!ref) {
        throw new InputError(
          `database: expected "<kubernetesCluster>/<namespace>", got "${database}"`,
        );
      }
      if (ctx.isDryRun) {
        ctx.logger.info(
          `Would decommission "${database}" and ${
            deleteVolumes ? 'delete its volumes' : 'keep its volumes'
          }`,
        );
        ctx.output('database', database);
        ctx.output('entityRef', databaseEntityRef(ref));
        ctx.output('changed', false);
        return;
      }
      const outcome = await followEvents(
        ringfence.decommission(
          ref,
          { confirm, deleteVolumes },
          {
            credentials: await ctx.getInitiatorCredentials(),
            signal: ctx.signal,
          },
        ),
        ctx.logger,
      );
      ctx.logger.info(outcome.summary);
      ctx.output('database', outcome.database);
      ctx.output('entityRef', outcome.entityRef);
      ctx.output('changed', outcome.changed);
    },
  });
}
