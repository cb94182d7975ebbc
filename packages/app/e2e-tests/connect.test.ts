import { readFile } from 'node:fs/promises';
import { expectAccessible } from './support/accessibility';
import { openConnect, pick } from './support/connect';
import { takePicture } from './support/screenshot';
import { expect, test, THEMES } from './support/test';

const DATABASE = '/catalog/default/resource/sandbox.shop';

for (const theme of THEMES) {
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme, viewport: { width: 1360, height: 1000 } });

    test('the dialog shows what is in the bundle and whom to trust', async ({
      page,
      enterAs,
    }) => {
      await enterAs('Ada', DATABASE);
      const dialog = await openConnect(page);
      await expect(dialog.getByText('connection.json')).toBeVisible();
      await expect(
        dialog.getByText(/([0-9A-F]{2}:){31}[0-9A-F]{2}/).first(),
      ).toBeAttached();
      await expectAccessible(page, '[role="dialog"]');
      await takePicture(page, 'connect', theme);
    });

    test('the portal tests the connection, step by step', async ({
      page,
      enterAs,
    }) => {
      await enterAs('Ada', DATABASE);
      const dialog = await openConnect(page, 'Test connection');
      await dialog.getByRole('button', { name: 'Test connection' }).click();
      await expect(
        dialog.getByText('The portal gets in: every step passed.'),
      ).toBeVisible();
      await expect(dialog.getByText('3 nodes, one schema')).toBeVisible();
      await expectAccessible(page, '[role="dialog"]');
      await takePicture(page, 'connect-test', theme);
    });

    test('it says why a workload cannot connect, and what to add to the spec', async ({
      page,
      enterAs,
    }) => {
      await enterAs('Ada', DATABASE);
      const dialog = await openConnect(page, "Why can't I connect?");
      await dialog
        .getByRole('radio', { name: 'In the same Kubernetes cluster' })
        .check({ force: true });
      await dialog.getByLabel('Namespace').fill('default');
      await dialog.getByRole('button', { name: 'Find out' }).press('Enter');
      const mesh = dialog.getByRole('list', { name: /^Directly/ });
      await expect(mesh.getByText(/do not let ServiceAccount/)).toBeVisible();
      await expect(
        mesh.getByText('- namespace: default').first(),
      ).toBeVisible();
      await expectAccessible(page, '[role="dialog"]');
      await takePicture(page, 'diagnosis', theme);
    });
  });
}

test('an owner downloads the bundle, reveals the password and picks a snippet', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ada', DATABASE);
  const dialog = await openConnect(page);

  const downloading = page.waitForEvent('download');
  await dialog.getByRole('button', { name: /bundle\.zip$/ }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('sandbox-shop-bundle.zip');
  const zip = await readFile(await download.path());
  // The first bytes of every zip.
  expect(zip.subarray(0, 2).toString()).toBe('PK');

  const reveal = dialog.getByRole('button', { name: 'Reveal password' });
  await reveal.click();
  await expect(reveal).toBeHidden();

  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(
    page.getByRole('button', { name: 'Connect', exact: true }),
  ).toBeFocused();

  await openConnect(page);
  await pick(dialog, /Client$/, 'Python');
  await expect(
    dialog.getByText('create_default_context').first(),
  ).toBeVisible();
});

test('someone who is not an owner is not offered the bundle', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ben', DATABASE);
  const dialog = await openConnect(page);
  await expect(
    dialog.getByText('You may not connect to this database'),
  ).toBeVisible();
  await expect(
    dialog.getByRole('button', { name: /bundle\.zip$/ }),
  ).toHaveCount(0);
});
