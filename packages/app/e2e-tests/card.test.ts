import { expectAccessible } from './support/accessibility';
import { takePictures } from './support/screenshot';
import { expect, test } from './support/test';

const HEALTHY = '/catalog/default/resource/sandbox.shop';
const EXPIRING = '/catalog/default/resource/sandbox.billing';
const COMPONENT = '/catalog/default/component/product-pages';

test('a database whose fence holds says so, with each check', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ada');
  await page.goto(`${process.env.PORTAL_URL}${HEALTHY}`);
  const card = page.getByRole('region', { name: /^Fence of/ });
  await expect(card.getByText('Fenced', { exact: true })).toBeVisible();
  await expect(card.getByText('UN: up, normal')).toHaveCount(3);
  await expect(card.getByText(/Simulated/)).toBeVisible();
  await expectAccessible(page, 'section[aria-label^="Fence of"]');
  await takePictures(page, 'card', card);
});

test('a certificate that was not renewed is the headline, with the command that mends it', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ada');
  await page.goto(`${process.env.PORTAL_URL}${EXPIRING}`);
  const card = page.getByRole('region', { name: /^Fence of/ });
  await expect(card.getByText('Fenced, renew soon')).toBeVisible();
  await expect(
    card.getByText('cmctl renew invoices-tls -n billing').first(),
  ).toBeVisible();
  await expectAccessible(page, 'section[aria-label^="Fence of"]');
  await takePictures(page, 'card-renew-soon', card);
});

test('a component that depends on a database shows its fence', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ada');
  await page.goto(`${process.env.PORTAL_URL}${COMPONENT}`);
  const card = page.getByRole('region', { name: /^Fence of/ });
  await expect(card.getByText('Fenced', { exact: true })).toBeVisible();
});
