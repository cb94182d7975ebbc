import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Lines that the portal's own list adds to each notification. */
const NOT_OURS = '[class*="notificationInfoRow"]';

/**
 * Asserts that axe finds nothing serious within `selector`. The portal's own
 * frame is not ours to judge.
 */
export async function expectAccessible(
  page: Page,
  selector: string,
): Promise<void> {
  // What is half faded in has half of its contrast: the end of it is judged.
  const still = await page.addStyleTag({
    content:
      '*, *::before, *::after { transition: none !important; animation: none !important; }',
  });
  const { violations } = await new AxeBuilder({ page })
    .include(selector)
    .exclude(NOT_OURS)
    .analyze();
  await still.evaluate(style => (style as HTMLElement).remove());
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(n => n.html).join(' ')}`);
  expect(grave).toEqual([]);
}
