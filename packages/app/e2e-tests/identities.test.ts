import { expectAccessible } from './support/accessibility';
import { openConnect, pick } from './support/connect';
import { takePicture } from './support/screenshot';
import { expect, test, THEMES } from './support/test';

const DATABASE = '/catalog/default/resource/sandbox.shop';
const TAB = `${DATABASE}/fence`;
/** The database's own keyspace, which the sandbox made. */
const KEYSPACE = 'catalogue';

for (const theme of THEMES) {
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme, viewport: { width: 1360, height: 1000 } });

    test('an owner gives a team a role, connects as it, rotates it and takes it away', async ({
      page,
      enterAs,
    }) => {
      test.setTimeout(180_000);
      const name = `web-${theme}`;
      const role = `team_web_${theme}`;
      await enterAs('Ada', TAB);
      const part = page.getByRole('region', { name: 'Identities' });
      const dialog = page.getByRole('dialog');
      const leave = async () => {
        const close = dialog.getByRole('button', { name: 'Close' }).last();
        await expect(close).toBeFocused();
        await page.keyboard.press('Escape');
        await expect(dialog).toHaveCount(0);
      };
      await part.getByRole('button', { name: 'Issue a role …' }).click();

      // What is wrong is said beside each field, before anything is asked.
      await dialog.getByRole('button', { name: 'Issue role' }).click();
      await expect(dialog.getByLabel('Name')).toBeFocused();
      await expect(dialog.getByText(/^Say which team/)).toBeVisible();
      await expectAccessible(page, '[role="dialog"]');

      await dialog.getByLabel('Name').fill(name);
      await pick(dialog, /Team/, 'Search');
      await dialog.getByLabel('Keyspaces').fill(KEYSPACE);
      await expectAccessible(page, '[role="dialog"]');
      await takePicture(page, 'identities-issue', theme);
      await dialog.getByLabel('Keyspaces').press('Enter');
      await expect(
        dialog.getByText(`Role ${role}_v1 is there.`, { exact: false }),
      ).toBeVisible();
      await expect(
        dialog.getByRole('button', { name: 'Close' }).last(),
      ).toBeFocused();
      await dialog.getByRole('button', { name: 'Show password' }).click();
      await expectAccessible(page, '[role="dialog"]');
      await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);

      await part.getByRole('button', { name: `Rotate ${name}` }).click();
      await dialog.getByRole('button', { name: 'Rotate role' }).click();
      await expect(
        dialog.getByText(`Role ${role}_v2 takes over.`, { exact: false }),
      ).toBeVisible();
      await leave();
      await expect(
        part.getByText(`Rotated: ${role}_v1 still logs in until`, {
          exact: false,
        }),
      ).toBeVisible();
      await expectAccessible(page, 'article');
      await takePicture(part, 'identities', theme);

      const connect = await openConnect(page);
      await pick(connect, /Role$/, `${role}_v2, of search`);
      await pick(connect, /Client$/, 'Python');
      await expect(connect.getByText(`${role}_v2"`).first()).toBeVisible();
      await connect.getByRole('button', { name: 'Close' }).last().click();

      await part.getByRole('button', { name: `Revoke ${name}` }).click();
      await dialog.getByRole('button', { name: 'Revoke role' }).click();
      await expect(dialog.getByText(`Role ${name} is revoked.`)).toBeVisible();
      await leave();
      await expect(part.getByText(`${role}_v2`)).toHaveCount(0);
    });
  });
}

test('who does not own the database is not told who has a login', async ({
  page,
  enterAs,
}) => {
  await enterAs('Ben', TAB);
  const part = page.getByRole('region', { name: 'Identities' });
  await expect(part.getByText(/^Only owners/)).toBeVisible();
  await expect(part.getByRole('button')).toHaveCount(0);
});
