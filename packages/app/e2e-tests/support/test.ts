import { chromium, test as base, type Page } from '@playwright/test';

/** The portal follows the system's theme. */
export type Theme = 'light' | 'dark';

export const THEMES: readonly Theme[] = ['light', 'dark'];

/** Enters the portal as one of the demo's users, on the page of `path`. */
async function enterAs(page: Page, user: 'Ada' | 'Ben', path: string) {
  await page.goto(`${process.env.PORTAL_URL}${path}`);
  await page.getByRole('button', { name: `Enter as ${user}` }).click();
}

interface Fixtures {
  /** Opens the portal as one of the demo's users, on the page of `path`. */
  readonly enterAs: (user: 'Ada' | 'Ben', path: string) => Promise<void>;
}

/** Playwright's `test` with the Chromium that was found and the demo's users. */
export const test = base.extend<Fixtures>({
  browser: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, provide) => {
      const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM_PATH,
        args: [
          '--no-sandbox',
          '--no-zygote',
          '--disable-gpu',
          '--headless=new',
        ],
      });
      await provide(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  enterAs: async ({ page }, provide) => {
    await provide((user, path) => enterAs(page, user, path));
  },
});

export { expect } from '@playwright/test';
