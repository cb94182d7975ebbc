import type { Locator, Page } from '@playwright/test';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..', '..');

/** The documentation's pictures are only replaced when asked for: `npm run images`. */
const IMAGES = process.env.UPDATE_IMAGES
  ? join(root, 'docs', 'images')
  : join(root, 'test-results', 'images');

/** Takes `<name>-light.png` and `<name>-dark.png`. */
export async function takePictures(
  page: Page,
  name: string,
  subject: Locator | Page = page,
): Promise<void> {
  await mkdir(IMAGES, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await subject.screenshot({
      path: join(IMAGES, `${name}-${colorScheme}.png`),
      animations: 'disabled',
    });
  }
}
