import { defineConfig } from '@playwright/test';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

/** Browser tests; `npm test` runs them against a portal that it starts. */
export default defineConfig({
  testDir: './e2e-tests',
  outputDir: join(root, 'test-results', 'browser'),
  globalSetup: require.resolve('./e2e-tests/support/globalSetup'),
  // One portal, one ring: tests follow one another.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json']],
});
