import type { Page } from '@playwright/test';
import { expectAccessible } from './support/accessibility';
import { takePicture } from './support/screenshot';
import { expect, test } from './support/test';

const FORM = '/create/templates/default/ringfence-scylladb-ambient';
/** A real ring of three is started for it. */
const CREATE_TIMEOUT_MS = 150_000;

test.use({ colorScheme: 'light', viewport: { width: 1360, height: 1000 } });

const nameField = (page: Page) =>
  page.getByRole('textbox', { name: 'Name', exact: true });

async function fillFirstPage(page: Page, name: string) {
  await nameField(page).fill(name);
  await page.getByLabel(/^Owner/).click();
  await page.getByRole('option', { name: 'Payments' }).click();
  await page.getByRole('textbox', { name: 'Namespace' }).fill('orders');
  await expect(page.getByRole('radio', { name: /sandbox/ })).toBeChecked();
}

test('a name that is no DNS label is refused in the form', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ada', FORM);
  await fillFirstPage(page, 'Orders; rm');
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText(/must match pattern/).first()).toBeVisible();
  await expect(nameField(page)).toBeVisible();
});

test('Ada creates a database and sees that its fence holds', async ({
  page,
  enterAs,
}) => {
  test.setTimeout(CREATE_TIMEOUT_MS + 60_000);
  await enterAs('Ada', FORM);
  await fillFirstPage(page, 'orders');
  await expectAccessible(page, '[role="radiogroup"]');
  await takePicture(page, 'create', 'light');

  const next = page.getByRole('button', { name: 'Next' });
  await next.click();
  await expect(page.getByText('Profile').first()).toBeVisible();
  await next.click();
  await expect(page.getByText('Routing').first()).toBeVisible();
  await next.click();
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Create', exact: true }).click();

  const open = page.getByRole('link', { name: 'Open the database' });
  await expect(open).toBeVisible({ timeout: CREATE_TIMEOUT_MS });
  await takePicture(page, 'created', 'light');
  await open.click();
  const card = page.locator('section[aria-label^="Fence of"]');
  await expect(card.getByText('Fenced', { exact: true })).toBeVisible();
  await expect(card.getByText('UN: up, normal')).toHaveCount(3);
});
