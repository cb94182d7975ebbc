import { expectAccessible } from './support/accessibility';
import { takePictures } from './support/screenshot';
import { expect, test } from './support/test';

const FORM = '/create/templates/default/ringfence-scylladb-ambient';
/** A real ring of three is started for it. */
const CREATE_TIMEOUT_MS = 150_000;

test('a name that is no DNS label is refused in the form', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ada');
  await page.goto(`${process.env.PORTAL_URL}${FORM}`);
  await page.getByLabel('Name', { exact: false }).first().fill('Orders; rm');
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText('Ring', { exact: true })).toBeVisible();
  await expect(page.getByText(/pattern|lower-case/i).first()).toBeVisible();
});

test('Ada creates a database and sees that its fence holds', async ({
  page,
  enterAs,
}) => {
  test.setTimeout(CREATE_TIMEOUT_MS + 60_000);
  await enterAs('Ada');
  await page.goto(`${process.env.PORTAL_URL}${FORM}`);
  await page.getByRole('textbox', { name: /^Name/ }).fill('orders');
  await page.getByLabel(/^Owner/).click();
  await page.getByRole('option', { name: 'Payments' }).click();
  await page.getByRole('textbox', { name: /^Namespace/ }).fill('orders');
  await expect(page.getByRole('radio', { name: /sandbox/ })).toBeChecked();
  await expectAccessible(page, '[role="radiogroup"]');
  await takePictures(page, 'create');

  const next = page.getByRole('button', { name: 'Next' });
  await next.click();
  await expect(page.getByText(/Nodes/).first()).toBeVisible();
  await next.click();
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Create' }).click();

  const open = page.getByRole('link', { name: 'Open the database' });
  await expect(open).toBeVisible({ timeout: CREATE_TIMEOUT_MS });
  await open.click();
  const card = page.getByRole('region', { name: /^Fence of/ });
  await expect(card.getByText('Fenced', { exact: true })).toBeVisible();
  await expect(card.getByText('UN: up, normal')).toHaveCount(3);
});
