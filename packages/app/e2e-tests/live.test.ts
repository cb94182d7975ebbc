import type { Page } from '@playwright/test';
import { editObject, repair } from './support/sandbox';
import { expect, test } from './support/test';

/** Nobody else's test looks at this one's policies. */
const DATABASE = 'sandbox/billing';
const PAGE = '/catalog/default/resource/sandbox.billing';
const POLICY = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'invoices', namespace: 'billing' },
};
/** Ages are redrawn more often than this; whatever reads again does so less often. */
const LONG_MS = 5_000;
/** Time enough for all probes to run. */
const PROBED_MS = 120_000;

test.use({ colorScheme: 'light', viewport: { width: 1360, height: 1000 } });
test.afterEach(() => repair(DATABASE));

/** Lets nothing be read again because time has passed: what then changes on the page was told to it. */
async function switchOffPolling(page: Page): Promise<void> {
  await page.addInitScript(longest => {
    const { setInterval } = window;
    window.setInterval = ((run: () => void, ms = 0, ...rest: unknown[]) =>
      ms > longest ? 0 : setInterval(run, ms, ...rest)) as typeof setInterval;
  }, LONG_MS);
}

/** Resolves once the portal knows that the page wants to be told of changed reports. */
function subscribed(page: Page): Promise<unknown> {
  return new Promise(resolve =>
    page.on('websocket', socket =>
      socket.on('framesent', ({ payload }) => {
        if (String(payload).includes('ringfence:report')) resolve(undefined);
      }),
    ),
  );
}

test('a change past Ringfence reaches an open card by itself, and is repaired from the tab', async ({
  page,
  context,
  enterAs,
}) => {
  test.setTimeout(240_000);
  await switchOffPolling(page);
  const listening = subscribed(page);
  await enterAs('Ada', PAGE);
  const card = page.locator('section[aria-label^="Fence of"]');
  const mesh = card
    .getByRole('list', { name: 'Segments of the fence' })
    .getByRole('listitem')
    .filter({ hasText: 'Mesh' });
  await expect(mesh).toContainText('holds');
  await listening;
  const loads: string[] = [];
  page.on('framenavigated', frame => loads.push(frame.url()));

  await editObject({ ...POLICY, spec: { mtls: { mode: 'PERMISSIVE' } } });

  await expect(mesh).not.toContainText('holds');
  await expect(card.getByText(/PERMISSIVE/).first()).toBeVisible();

  // Someone else mends it, on another page.
  const tab = await context.newPage();
  await tab.goto(`${process.env.PORTAL_URL}${PAGE}/fence`);
  await tab.getByRole('button', { name: 'Enter as Ada' }).click();
  const part = tab.getByRole('region', { name: 'Manifests and drift' });
  await expect(part.getByText('spec.mtls.mode')).toBeVisible();
  await part.getByRole('button', { name: 'Repair drift …' }).click();
  const dialog = tab.getByRole('dialog');
  await expect(
    dialog.getByText('Overwritten is what "kubectl-edit" set.'),
  ).toBeVisible();
  await dialog.getByRole('button', { name: 'Set back 1 object' }).click();
  await expect(dialog.getByText('Repaired.')).toBeVisible();

  await expect(mesh).toContainText('holds', { timeout: PROBED_MS });
  expect(loads).toEqual([]);
});
