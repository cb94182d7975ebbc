import { expect, test } from './support/test';

test('the owner of a database hears of a certificate that is not renewed', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ada', '/notifications');
  await expect(page.getByText(/invoices/).first()).toBeVisible();
});
