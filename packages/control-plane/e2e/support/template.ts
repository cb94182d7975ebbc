import type { TestPortal } from './portal';
import type { TaskEvent } from './scripts';

const READY_WITHIN_MS = 60_000;
const CREATE_WITHIN_MS = 300_000;

/** A task of the scaffolder that has ended. */
export interface EndedTask {
  readonly id: string;
  readonly events: readonly TaskEvent[];
  readonly status: string;
}

/**
 * Has the scaffolder run a template to its end.
 *
 * @param cancelAt - the words of a log line at which the user cancels the task
 */
export async function runTemplate(
  { ada }: TestPortal,
  template: string,
  values: object,
  cancelAt?: string,
): Promise<EndedTask> {
  await ada.waitForEntity(template, READY_WITHIN_MS);
  const id = await ada.startTemplate(template, values);
  let cancelled: Promise<unknown> | undefined;
  const events = await ada.followTask(id, {
    timeoutMs: CREATE_WITHIN_MS,
    onEvent({ body }) {
      if (!cancelAt || cancelled || !body.message?.includes(cancelAt)) return;
      cancelled = ada.post(`/scaffolder/v2/tasks/${id}/cancel`);
    },
  });
  await cancelled;
  const { status } = await ada.get(`/scaffolder/v2/tasks/${id}`);
  return { id, events, status };
}

/** What a task said, one line for each event. */
export const logOf = ({ events }: EndedTask): string =>
  events.map(({ body }) => body.message).join('\n');

/**
 * Has the scaffolder create a database.
 *
 * @throws where the task did not complete, with everything it said
 */
export async function createThroughTemplate(
  portal: TestPortal,
  template: string,
  values: object,
): Promise<EndedTask> {
  const task = await runTemplate(portal, template, values);
  if (task.status !== 'completed') {
    throw new Error(`The task ${task.status}:\n${logOf(task)}`);
  }
  return task;
}
