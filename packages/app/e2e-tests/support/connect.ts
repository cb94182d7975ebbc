import { expect, type Locator, type Page } from '@playwright/test';

/** Opens the connect dialog of the database whose page is shown, on one of its parts. */
export async function openConnect(
  page: Page,
  part?: 'Test connection' | "Why can't I connect?",
): Promise<Locator> {
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^Connect to/ });
  if (part) await dialog.getByRole('tab', { name: part }).click();
  return dialog;
}

/** Picks an option of a list that opens when its button is pressed. */
export async function pick(
  within: Locator,
  label: RegExp,
  option: string,
): Promise<void> {
  await within.getByRole('button', { name: label }).click();
  // The list is drawn outside of the dialog, and fades away.
  const page = within.page();
  await page.getByRole('option', { name: option, exact: true }).click();
  await expect(page.getByRole('listbox')).toHaveCount(0);
}
