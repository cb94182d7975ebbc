/* eslint-disable jest/no-export -- what the report says of a ring of K8ssandra */
import { until } from '../../../src';
import { all, options } from '../caRotation';
import {
  endOf,
  troubles,
  type createProvisioner,
  type TestPlugin,
} from '../provisioning';
import { restartNodes, STORE_FAULTS, type FaultContext } from './faults';

const SAID_WITHIN_MS = 60_000;
/** The operator's doing, which no spec of ours can change. */
const OPERATORS_OWN = 'access.store-passwords warning InClear';
const OLDER_NODES = 'ring.restart-needed warning StoreWritten';
/**
 * A node that closes a connection in plaintext without a word: over a forwarded
 * port of this control plane that is not told. Who speaks plaintext to the
 * nodes themselves is tried above.
 */
const NEVER_ENDED = /^access\.plaintext unknown NotLooked: .* no answer within/;
/** Whose keystore goes wrong. */
const CERTIFICATE = 'orders-internode-tls';

/** A ring, and who reports on it. */
export interface ReportContext extends FaultContext {
  readonly plugin: TestPlugin;
  readonly provisioner: ReturnType<typeof createProvisioner>;
}

const beginningOf = (line: string) => line.slice(0, line.indexOf(': '));
const says = (beginning: string) => (line: string) =>
  beginningOf(line) === beginning;

/** The report on a ring one of whose certificates was renewed while it ran. */
export function describeReport(context: () => ReportContext): void {
  const said = async () => {
    const { plugin, ring } = context();
    const report = await plugin.report(ring.spec.namespace);
    return troubles(report)
      .filter(it => !NEVER_ENDED.test(it))
      .sort();
  };
  /** What it says once it says this, or in the end. */
  const saidOnce = async (holds: (found: readonly string[]) => boolean) => {
    let found: string[] = [];
    const asked = async () => holds((found = await said()));
    await until('the report says so', SAID_WITHIN_MS, asked).catch(() => {});
    return found;
  };
  const lines = (beginnings: readonly string[]) =>
    beginnings.map(it => expect.stringMatching(`^${it}: `));
  const expectLastly = async (...beginnings: string[]) =>
    expect(
      await saidOnce(
        found => found.map(beginningOf).join() === `${beginnings}`,
      ),
    ).toEqual(lines(beginnings));

  describe('the report', () => {
    it('warns of the passwords that the operator copies, and of a store that is younger than the nodes', async () => {
      expect.hasAssertions();
      await expectLastly(OPERATORS_OWN, OLDER_NODES);
    });

    it('has nothing but these passwords left once the operator was asked to restart the nodes', async () => {
      expect.hasAssertions();
      await restartNodes(context());
      await expectLastly(OPERATORS_OWN);
    });

    it('shows no password of a store', async () => {
      const { ring, plugin } = context();
      const { password } = await ring.secret('orders-keystore-password');
      const report = await plugin.report(ring.spec.namespace);
      expect(JSON.stringify(report)).not.toContain(password.toString());
    });

    it.each(STORE_FAULTS)('names $what', async ({ reason, make }) => {
      const { cluster, provisioner, ring } = context();
      const finding = `certificate.named-stores failing ${reason}`;
      // It would mend some of them at once.
      await cluster.stopCertManager();
      try {
        await make(context());
        const found = await saidOnce(them => them.some(says(finding)));
        expect(found).toEqual(expect.arrayContaining(lines([finding])));
      } finally {
        cluster.startCertManager();
      }
      const ref = {
        kubernetesCluster: cluster.kubernetes.name,
        namespace: ring.spec.namespace,
      };
      const renewed = await all(
        provisioner.renew(ref, { certificate: CERTIFICATE }, options()),
      );
      expect(endOf(renewed)).toBe('done');
      await expectLastly(OPERATORS_OWN, OLDER_NODES);
    });
  });
}
