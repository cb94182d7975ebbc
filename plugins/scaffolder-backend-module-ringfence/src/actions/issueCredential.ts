import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { parseDatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type { RingfenceService } from '@ringfence/backstage-plugin-ringfence-node';
import { examples } from './issueCredential.examples';

/** What {@link createIssueCredentialAction} works with. */
export interface IssueCredentialActionDeps {
  readonly ringfence: Pick<RingfenceService, 'issueCredential'>;
}

/**
 * `ringfence:credentials:issue`: makes a database role for a team. The
 * scaffolder stores what an action gives, so the password stays in its Secret.
 */
export function createIssueCredentialAction({
  ringfence,
}: IssueCredentialActionDeps) {
  return createTemplateAction({
    id: 'ringfence:credentials:issue',
    description:
      'Makes a database role for a team, with the least that it needs and its password in a Secret beside the database',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        database: z =>
          z
            .string()
            .describe(
              'Address of the database: `<kubernetesCluster>/<namespace>`',
            ),
        name: z => z.string().describe('Of the credential'),
        team: z => z.string().describe('Entity ref of who uses it'),
        keyspaces: z =>
          z.array(z.string()).describe('Those that are there and it may use'),
        access: z =>
          z.enum(['read', 'readWrite']).default('read').describe('What it may'),
      },
      output: {
        role: z => z.string().describe('Logs in'),
        secret: z =>
          z
            .string()
            .describe(
              'Secret in the namespace of the database, with keys `username` and `password`',
            ),
      },
    },
    async handler(ctx) {
      const { database, access = 'read', ...request } = ctx.input;
      const ref = parseDatabaseRef(database);
      if (!ref) {
        throw new InputError(
          `database: expected "<kubernetesCluster>/<namespace>", got "${database}"`,
        );
      }
      if (ctx.isDryRun) {
        ctx.logger.info(
          `Dry run: would issue credential "${request.name}" for "${request.team}" in "${database}"`,
        );
        return;
      }
      const { role, secret } = await ringfence.issueCredential(
        ref,
        { ...request, access },
        {
          credentials: await ctx.getInitiatorCredentials(),
          signal: ctx.signal,
        },
      );
      ctx.logger.info(
        `Role "${role}" is issued to "${request.team}"; its password is in Secret "${ref.namespace}/${secret}"`,
      );
      ctx.output('role', role);
      ctx.output('secret', secret);
    },
  });
}
