import { chromium, test as base, type Page } from '@playwright/test';

/** Enters the portal as one of the demo's users. */
async function enterAs(page: Page, user: 'Ada' | 'Ben') {
  await page.goto(process.env.PORTAL_URL!);
  await page.getByRole('button', { name: `Enter as ${user}` }).click();
  await page.getByRole('navigation').first().waitFor();
}

interface Fixtures {
  /** Opens the portal as one of the demo's users. */
  readonly enterAs: (user: 'Ada' | 'Ben') => Promise<void>;
}

/** Playwright's `test` with the Chromium that was found and the demo's users. */
export const test = base.extend<Fixtures>({
  browser: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM_PATH,
        args: [
          '--no-sandbox',
          '--no-zygote',
          '--disable-gpu',
          '--headless=new',
        ],
      });
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  enterAs: async ({ page }, use) => {
    await use(user => enterAs(page, user));
  },
});

export { expect } from '@playwright/test';
