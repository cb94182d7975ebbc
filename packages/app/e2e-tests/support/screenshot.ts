import type { Locator, Page } from '@playwright/test';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Theme } from './test';

const root = join(__dirname, '..', '..', '..', '..');

/** The documentation's pictures are only replaced when asked for: `npm run images`. */
const IMAGES = process.env.UPDATE_IMAGES
  ? join(root, 'docs', 'images')
  : join(root, 'test-results', 'images');

/** Takes `<name>-<theme>.png`. */
export async function takePicture(
  subject: Locator | Page,
  name: string,
  theme: Theme,
): Promise<void> {
  await mkdir(IMAGES, { recursive: true });
  // Nothing in the picture is pointed at.
  const page = 'goto' in subject ? subject : subject.page();
  await page.mouse.move(0, 0);
  await subject.screenshot({
    path: join(IMAGES, `${name}-${theme}.png`),
    animations: 'disabled',
  });
}
