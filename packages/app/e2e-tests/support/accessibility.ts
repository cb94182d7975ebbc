import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/**
 * Asserts that axe finds nothing serious within `selector`. The portal's own
 * frame is not ours to judge.
 */
export async function expectAccessible(
  page: Page,
  selector: string,
): Promise<void> {
  // What still fades in has not its contrast yet.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(one => one.effect?.getTiming().iterations !== Infinity)
        .map(one => one.finished),
    ),
  );
  const { violations } = await new AxeBuilder({ page })
    .include(selector)
    .analyze();
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(n => n.html).join(' ')}`);
  expect(grave).toEqual([]);
}
