import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Plan } from '@ringfence/backstage-plugin-ringfence-node';

/** Logs what a run would do, stage by stage. */
export function logPlan(plan: Plan, logger: LoggerService): void {
  logger.info(`Nothing is changed. Checked by: ${plan.checkedBy}`);
  for (const note of plan.notes) logger.info(`note: ${note}`);
  plan.stages.forEach((stage, index) => {
    logger.info(`[${index + 1}/${plan.stages.length}] ${stage.title}`);
    for (const secret of stage.secrets) {
      logger.info(`would generate Secret ${secret}`);
    }
    for (const { kind, metadata } of stage.manifests) {
      const { namespace, name } = metadata;
      logger.info(
        `would apply ${kind} ${namespace ? `${namespace}/` : ''}${name}`,
      );
    }
    for (const action of stage.actions) logger.info(`would do: ${action}`);
    for (const wait of stage.waits) logger.info(`would wait for ${wait}`);
  });
}
