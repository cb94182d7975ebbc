import { readFile } from 'node:fs/promises';
import { expectAccessible } from './support/accessibility';
import { takePictures } from './support/screenshot';
import { expect, test } from './support/test';

const DATABASE = '/catalog/default/resource/sandbox.shop';

test('an owner downloads the bundle, reveals the password and copies a snippet', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ada');
  await page.goto(`${process.env.PORTAL_URL}${DATABASE}`);
  await page.getByRole('button', { name: 'Connect' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('connection.json')).toBeVisible();
  await expect(
    dialog.getByText(/([0-9A-F]{2}:){31}[0-9A-F]{2}/).first(),
  ).toBeVisible();
  await expectAccessible(page, '[role="dialog"]');
  await takePictures(page, 'connect', dialog);

  const downloading = page.waitForEvent('download');
  await dialog
    .getByRole('button', { name: /^Download .*bundle\.zip$/ })
    .click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('sandbox-shop-bundle.zip');
  const zip = await readFile(await download.path());
  // The first bytes of every zip.
  expect(zip.subarray(0, 2).toString()).toBe('PK');

  await dialog.getByRole('button', { name: 'Reveal password' }).click();
  await expect(
    dialog.getByRole('button', { name: 'Reveal password' }),
  ).toBeHidden();

  await dialog.getByRole('tab', { name: 'Python' }).click();
  await expect(dialog.getByText('ssl.create_default_context')).toBeVisible();

  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('someone who is not an owner is told whom to ask', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ben');
  await page.goto(`${process.env.PORTAL_URL}${DATABASE}`);
  const card = page.getByRole('region', { name: /^Fence of/ });
  await expect(card.getByText('Fenced', { exact: true })).toBeVisible();
  await card.getByRole('button', { name: 'Connect' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/payments/i).first()).toBeVisible();
  await expect(
    dialog.getByRole('button', { name: /bundle\.zip$/ }),
  ).toHaveCount(0);
});
