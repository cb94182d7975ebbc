import { expectAccessible } from './support/accessibility';
import { takePicture } from './support/screenshot';
import { expect, test, THEMES } from './support/test';

const CARD = 'section[aria-label^="Fence of"]';

for (const theme of THEMES) {
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme, viewport: { width: 1360, height: 1000 } });

    test('a database whose fence holds says so, with each check', async ({
      page,
      enterAs,
    }) => {
      await enterAs('Ada', '/catalog/default/resource/sandbox.shop');
      const card = page.locator(CARD);
      await expect(card.getByText('Fenced', { exact: true })).toBeVisible();
      await expect(card.getByText('UN: up, normal')).toHaveCount(3);
      await expect(card.getByText(/Simulated/)).toBeVisible();
      await expectAccessible(page, CARD);
      await takePicture(card, 'card', theme);
    });

    test('a certificate that was not renewed is the headline, with the command that mends it', async ({
      page,
      enterAs,
    }) => {
      await enterAs('Ada', '/catalog/default/resource/sandbox.billing');
      const card = page.locator(CARD);
      await expect(card.getByText('Fenced, renew soon')).toBeVisible();
      await expect(
        card.getByText('cmctl renew invoices-tls -n billing').first(),
      ).toBeVisible();
      await expectAccessible(page, CARD);
      await takePicture(card, 'card-renew-soon', theme);
    });

    test('a component that depends on a database shows its fence', async ({
      page,
      enterAs,
    }) => {
      await enterAs('Ada', '/catalog/default/component/product-pages');
      const card = page.locator(CARD);
      await expect(card.getByText('Database catalogue')).toBeVisible();
      await expect(card.getByText('UN: up, normal')).toHaveCount(3);
      await expectAccessible(page, CARD);
    });
  });
}
