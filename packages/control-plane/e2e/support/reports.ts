import { until } from '../../src';
import { troubles, type TestPlugin } from './provisioning';

const MENDED_WITHIN_MS = 90_000;
/** Longer than any test allows, to tell how long it took. */
const NOTICED_WITHIN_MS = 30_000;

/** Waits until every check of a database's report is content. */
export async function untilGreen(
  plugin: TestPlugin,
  namespace: string,
): Promise<void> {
  await until('the report is green', MENDED_WITHIN_MS, async () => {
    const report = await plugin.report(namespace);
    if (report.headline === 'Fenced') return true;
    throw new Error(troubles(report).join('; '));
  });
}

/**
 * How long it takes until the findings that are not ok say it.
 *
 * @param read - how the report is asked for; by default with every probe run
 */
export async function noticedAfterMs(
  plugin: TestPlugin,
  namespace: string,
  words: RegExp,
  read: 'report' | 'knownReport' = 'report',
): Promise<number> {
  const began = performance.now();
  await until(`the report says ${words}`, NOTICED_WITHIN_MS, async () => {
    const said = troubles(await plugin[read](namespace)).join('\n');
    if (words.test(said)) return true;
    throw new Error(said);
  });
  return performance.now() - began;
}
