import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { cassandraKeystores, igniteSidecar, k8ssandra } from '../blueprints';
import { exampleSpec } from '../blueprints/cassandra-keystores/__fixtures__/spec';
import { exampleSpec as igniteSpec } from '../blueprints/ignite-sidecar/__fixtures__/spec';
import { exampleSpec as k8ssandraSpec } from '../blueprints/k8ssandra/__fixtures__/spec';
import { checksDocument } from './checksDocument';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
} from './__testUtils__/facts';
import { commonChecks } from './commonChecks';
import { runChecks } from './runChecks';

const FILE = resolve(__dirname, '../../../../docs/checks.md');

const keystoresChecks = cassandraKeystores.checks(exampleSpec());

const OWN = [
  {
    title: cassandraKeystores.title,
    kind: cassandraKeystores.kind,
    checks: keystoresChecks,
  },
  {
    title: k8ssandra.title,
    kind: k8ssandra.kind,
    // Those that rings with stores are asked in either way stand with the other.
    checks: k8ssandra
      .checks(k8ssandraSpec())
      .filter(({ id }) => keystoresChecks.every(check => check.id !== id)),
  },
  {
    title: igniteSidecar.title,
    kind: igniteSidecar.kind,
    // Where there is a licence, it is asked about.
    checks: igniteSidecar.checks(igniteSpec({ product: 'gridgain' })),
  },
];
const everyCheck = [...commonChecks, ...OWN.flatMap(({ checks }) => checks)];

it('docs/checks.md says what the checks say of themselves', async () => {
  const document = checksDocument(commonChecks, OWN);
  if (process.env.UPDATE_DOCS) await writeFile(FILE, document);
  expect(await readFile(FILE, 'utf8')).toBe(document);
});

it('every check has an id of its own, in the category that it begins with', () => {
  const ids = everyCheck.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, category } of everyCheck) {
    expect(id).toMatch(new RegExp(`^${category}\\.[a-z-]+$`));
  }
});

it('no check gives a reason that it does not document', async () => {
  const pki = await mintPki();
  const healthy = healthyFacts(pki);
  const nothing = {
    namespace: seen(undefined),
    statefulSet: seen(undefined),
    pods: seen([]),
    gateway: seen(undefined),
    routes: seen([]),
    peerAuthentications: seen([]),
    authorizationPolicies: seen([]),
    ring: seen([]),
    telemetry: seen([]),
    plaintext: seen({ refused: false, message: 'CQL' }),
    certificates: healthy.certificates.map(certificate => ({
      ...certificate,
      certificate: seen(undefined),
      secret: seen(undefined),
    })),
  };
  const forbidden = Object.fromEntries(
    Object.keys(nothing).map(key => [key, FORBIDDEN]),
  );
  const unread = {
    ...forbidden,
    certificates: healthy.certificates,
    served: FORBIDDEN,
  };
  for (const changes of [{}, nothing, unread]) {
    const findings = runChecks(everyCheck, { ...healthy, ...changes }, NOW);
    for (const { check, reason } of findings) {
      const { reasons } = everyCheck.find(({ id }) => id === check)!;
      expect(
        `${check}: ${Object.keys(reasons).find(key => key === reason)}`,
      ).toBe(`${check}: ${reason}`);
    }
  }
});
