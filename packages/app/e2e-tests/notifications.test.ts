import { expectAccessible } from './support/accessibility';
import { expect, test, THEMES } from './support/test';

const TITLE =
  'sandbox/billing: certificate "invoices-tls" expires within 7 days';

for (const theme of THEMES) {
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme, viewport: { width: 1360, height: 760 } });

    test('the owner of a database hears of a certificate that is not renewed, and is led to it', async ({
      page,
      enterAs,
    }) => {
      await enterAs('Ada', '/notifications');
      // What else there is to tell of must not push it to another page of the list.
      await page.getByRole('textbox', { name: 'Search' }).fill('invoices-tls');
      const row = page.getByRole('row').filter({ hasText: TITLE });
      await expect(row).toHaveCount(1);
      await expect(row.getByText(/Its renewal was due on/)).toBeVisible();
      // While it is read again, the list shows a progress bar of its own.
      await expect(() => expectAccessible(page, 'tbody')).toPass({
        timeout: 15_000,
      });

      await row.getByRole('link', { name: TITLE }).click();
      await expect(page).toHaveURL(
        /\/catalog\/default\/resource\/sandbox\.billing$/,
      );
      await expect(
        page
          .locator('section[aria-label^="Fence of"]')
          .getByText('Fenced, renew soon'),
      ).toBeVisible();
    });
  });
}

test('who does not own the database hears nothing of it', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ben', '/notifications');
  await expect(page.getByText('No records to display')).toBeVisible();
});
