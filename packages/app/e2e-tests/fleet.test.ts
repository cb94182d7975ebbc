import { readFile } from 'node:fs/promises';
import { expectAccessible } from './support/accessibility';
import { takePicture } from './support/screenshot';
import { expect, test, THEMES } from './support/test';

/** The portal's own frame is around it. */
const PAGE = '.bui-Container';

for (const theme of THEMES) {
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme, viewport: { width: 1360, height: 760 } });

    test('the page lists every database with its state in words', async ({
      page,
      enterAs,
    }) => {
      await enterAs('Ada', '/ringfence');
      const table = page.getByRole('grid', { name: 'Databases' });
      // Tests before this one may have made further databases.
      const row = (name: string) =>
        table
          .getByRole('row')
          .filter({ has: page.getByRole('link', { name, exact: true }) });
      await expect(
        row('catalogue, sandbox/shop').getByText('Fenced', { exact: true }),
      ).toBeVisible();
      await expect(
        row('invoices, sandbox/billing').getByText('Needs attention'),
      ).toBeVisible();
      await expectAccessible(page, PAGE);
      await takePicture(page, 'fleet', theme);

      await page.getByRole('tab', { name: 'Platforms' }).click();
      const platform = page.getByRole('region', { name: 'sandbox' });
      await expect(
        platform.getByText('ScyllaDB, ambient mesh').first(),
      ).toBeVisible();
      await expectAccessible(page, PAGE);
      await takePicture(page, 'platforms', theme);
    });
  });
}

test('what is looked for is in the address, is exported, and leads to the database', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ada', '/ringfence/databases?q=invoices');
  const table = page.getByRole('grid', { name: 'Databases' });
  await expect(table.getByRole('row')).toHaveCount(2);

  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const csv = await readFile(await (await downloading).path(), 'utf8');
  expect(csv.trimEnd().split('\r\n')).toHaveLength(2);
  expect(csv).toContain('"sandbox","billing","invoices"');

  // Anywhere in the row, not on its link alone.
  await table.getByText('Needs attention').click();
  await expect(page).toHaveURL(
    /\/catalog\/default\/resource\/sandbox\.billing/,
  );
});

test('in a narrow window nothing is cut off', async ({ page, enterAs }) => {
  await page.setViewportSize({ width: 600, height: 900 });
  await enterAs('Ada', '/ringfence');
  await expect(
    page.getByRole('link', { name: 'catalogue, sandbox/shop' }),
  ).toBeVisible();
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - window.innerWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
  await expectAccessible(page, PAGE);
});
