import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..', '..');
const SYSTEM_CHROMIUM = '/usr/bin/chromium';

/** A system Chromium where there is one, else the one that a package brings. */
async function findChromium() {
  if (existsSync(SYSTEM_CHROMIUM)) return SYSTEM_CHROMIUM;
  const { default: chromium } = await import('@sparticuz/chromium');
  return chromium.executablePath();
}

/** Starts the portal and finds a browser; tests read both from the environment. */
export default async function globalSetup() {
  process.env.CHROMIUM_PATH = await findChromium();
  // While writing tests: against a portal that runs already.
  if (process.env.PORTAL_URL) return undefined;
  const { startPortal } = await import(
    join(root, 'scripts', 'lib', 'portal.mjs')
  );
  const portal = await startPortal({
    env: { ...process.env, NODE_ENV: 'development' },
    logFile: join(root, 'test-results', 'portal-browser.log'),
    // Tests play the tools that change a database past Ringfence.
    config: { 'ringfence.sandbox.edits': true },
  });
  process.env.PORTAL_URL = portal.url;
  process.env.PORTAL_BACKEND_URL = portal.backendUrl;
  return () => portal.stop();
}
