import { expectAccessible } from './support/accessibility';
import { takePicture } from './support/screenshot';
import { expect, test, THEMES } from './support/test';

const TAB = '/catalog/default/resource/sandbox.shop/fence';

for (const theme of THEMES) {
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme, viewport: { width: 1360, height: 1700 } });

    test('the tab shows checks, certificates, traffic, nodes and drift', async ({
      page,
      enterAs,
    }) => {
      await enterAs('Ada', TAB);
      const part = (name: string) => page.getByRole('region', { name });
      await expect(part('Checks').getByText('Mesh')).toBeVisible();
      await expect(
        part('Certificates').getByText('Signed by itself'),
      ).toBeVisible();
      await expect(part('Nodes').getByRole('row')).toHaveCount(4);
      await expect(
        part('Manifests and drift')
          .getByText(/objects/)
          .first(),
      ).toBeVisible();
      await expectAccessible(page, 'article');
      await takePicture(page, 'tab', theme);
    });
  });
}

test('the history of the traffic begins while one looks on', async ({
  page,
  enterAs,
}) => {
  test.setTimeout(180_000);
  await enterAs('Ada', TAB);
  const chart = page
    .getByRole('region', { name: 'Traffic' })
    .getByRole('img', { name: /^Bars of the share/ });
  const again = page.getByRole('button', { name: 'Check again' });
  await expect(async () => {
    if (await again.isEnabled()) await again.click();
    await expect(chart).toBeVisible({ timeout: 10_000 });
  }).toPass({ timeout: 150_000 });
});

test('an owner renews the certificate, and sees the new one served', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ada', TAB);
  await page
    .getByRole('region', { name: 'Certificates' })
    .getByRole('button', { name: 'Renew now: catalogue-tls' })
    .click();
  const dialog = page.getByRole('dialog');
  await expectAccessible(page, '[role="dialog"]');
  await dialog.getByRole('button', { name: 'Renew now' }).click();
  await expect(dialog.getByText('Renewed.')).toBeVisible();
  await expect(dialog.getByText('Served now:')).toBeVisible();
});

test('someone who is not an owner is offered no change', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ben', TAB);
  await expect(page.getByRole('region', { name: 'Nodes' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Renew now/ })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Check again' })).toHaveCount(
    0,
  );
});
