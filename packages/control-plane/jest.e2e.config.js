// End-to-end tests: the transforms of the unit tests, files of their own, one
// after another on one control plane.
module.exports = (async () => {
  const base = await require('@backstage/cli/config/jest');
  return {
    ...base,
    rootDir: __dirname,
    roots: ['<rootDir>/e2e'],
    testMatch: ['**/*.e2e.ts'],
    maxWorkers: 1,
    testTimeout: 300_000,
  };
})();
