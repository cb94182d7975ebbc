import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { RingfenceService } from '@ringfence/backstage-plugin-ringfence-node';
import { mkdir, writeFile } from 'node:fs/promises';
import { logPlan } from '../logPlan';
import { renderFiles } from '../renderFiles';
import { examples } from './render.examples';
import { specFields } from './specFields';

/** What {@link createRenderAction} works with. */
export interface RenderActionDeps {
  readonly ringfence: Pick<RingfenceService, 'plan'>;
}

/**
 * `ringfence:database:render`: writes what provisioning would apply as files
 * into the workspace, for delivery through Git. Secrets are left out.
 */
export function createRenderAction({ ringfence }: RenderActionDeps) {
  return createTemplateAction({
    id: 'ringfence:database:render',
    description:
      'Writes the manifests of a fenced database as files, one a stage, for delivery through Git; Secrets are left out',
    examples,
    supportsDryRun: true,
    schema: {
      input: z =>
        z
          .object({
            ...specFields(z),
            targetPath: z
              .string()
              .default('.')
              .describe('Folder of the workspace to write into'),
          })
          .passthrough()
          .describe(
            'The spec of the database; further fields are the blueprint’s',
          ),
      output: z =>
        z.object({
          files: z
            .array(z.string())
            .describe('Names of the files, in their order'),
        }),
    },
    async handler(ctx) {
      const { targetPath = '.', ...spec } = ctx.input;
      const plan = await ringfence.plan(spec, {
        credentials: await ctx.getInitiatorCredentials(),
        signal: ctx.signal,
      });
      logPlan(plan, ctx.logger);
      const folder = resolveSafeChildPath(ctx.workspacePath, targetPath);
      await mkdir(folder, { recursive: true });
      const files = renderFiles(plan, spec);
      for (const { name, text } of files) {
        await writeFile(resolveSafeChildPath(folder, name), text);
      }
      ctx.logger.info(`Wrote ${files.length} files into ${targetPath}`);
      ctx.output(
        'files',
        files.map(file => file.name),
      );
    },
  });
}
