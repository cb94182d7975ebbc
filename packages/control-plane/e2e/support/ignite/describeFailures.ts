/* eslint-disable jest/no-export -- tests of one part, which has others */
import { until, type Cluster } from '../../../src';
import { SidecarFaults } from '../cassandraSidecar/faults';
import type { FencedDatabase } from '../fencedDatabase';
import { endOf, provision, troubles } from '../provisioning';
import { untilGreen } from '../reports';
import { holdTransaction } from './heldTransaction';

/** A node that is stuck waits for some time before it says so. */
const NAMED_WITHIN_MS = 120_000;

/** What failures are made on. */
export interface Broken {
  readonly cluster: Cluster;
  readonly database: FencedDatabase;
  readonly spec: { readonly name: string; readonly namespace: string };
}

/** Failures of an Ignite cluster that guides list, made on purpose. */
export function describeFailures(broken: () => Broken): void {
  const cluster = () => broken().cluster;
  const database = () => broken().database;
  const spec = () => broken().spec;
  const faults = () => new SidecarFaults(cluster(), spec());

  /** Until a report with every probe run says so; a node that is stuck takes its time to say it. */
  async function named(words: RegExp): Promise<number> {
    const began = performance.now();
    await until(
      `the report says ${words.source}`,
      NAMED_WITHIN_MS,
      async () => {
        const said = troubles(
          await database().plugin.report(spec().namespace),
        ).join('\n');
        if (words.test(said)) return true;
        throw new Error(said);
      },
    );
    const tookMs = Math.round(performance.now() - began);
    process.stderr.write(
      `ignite-sidecar: ${words.source} after ${tookMs} ms\n`,
    );
    return tookMs;
  }

  describe('the report names', () => {
    it('pods at 1/1', async () => {
      await faults().setInjection('disabled');
      await faults().remakePod(1);
      expect(
        await named(/mesh\.one-of-one failing PodsAtOneOfOne:.*orders-1/),
      ).toBeLessThan(NAMED_WITHIN_MS);
      await faults().setInjection('enabled');
      await faults().remakePod(1);
      await untilGreen(database().plugin, spec().namespace);
    });

    it('a port of the headless Service that has no protocol in its name', async () => {
      const { name } = await faults().secondPort();
      await faults().namePort('communication');
      expect(
        await named(/mesh\.ports warning PortNotNamed.*communication/),
      ).toBeLessThan(NAMED_WITHIN_MS);
      await faults().namePort(name);
      await untilGreen(database().plugin, spec().namespace);
    });

    it('no cluster after STRICT: a node that finds no other', async () => {
      await cluster().killNode('orders/orders-1');
      await faults().down(1);
      expect(
        troubles(await database().plugin.report(spec().namespace)).join(),
      ).not.toMatch(/NoClusterAfterStrict/);
      await faults().setSelector({ 'app.kubernetes.io/name': 'nobody' });
      await cluster().startNode('orders/orders-1');
      expect(
        await named(
          /mesh\.cluster-forms failing NoClusterAfterStrict:.*orders-1/,
        ),
      ).toBeLessThan(NAMED_WITHIN_MS);
      await faults().setSelector({ 'app.kubernetes.io/name': 'ignite' });
      await faults().ready(1);
      await untilGreen(database().plugin, spec().namespace);
    });

    it('a stall on the exchange of partition maps', async () => {
      await cluster().killNode('orders/orders-1');
      const { status } = await faults().read('pod', 'orders-0');
      const way = await database().way();
      const held = await holdTransaction(`${status.podIP}:10800`, way);
      await cluster().startNode('orders/orders-1');
      expect(
        await named(/ring\.partition-exchange failing Stalled:.*orders-[01]/),
      ).toBeLessThan(NAMED_WITHIN_MS);
      await held.end();
      await faults().ready(1);
      await untilGreen(database().plugin, spec().namespace);
    });
  });

  describe('a licence of GridGain', () => {
    const licensed = () => ({
      ...spec(),
      ...{ name: 'grid', namespace: 'grid', product: 'gridgain', caches: [] },
    });

    it.each([
      ['malformed', 'not a licence', /it is no XML/],
      [
        'expired',
        '<gridgain-license-v2><expire-date>01/31/2020</expire-date><signature>00</signature></gridgain-license-v2>',
        /expired on 2020-01-31/,
      ],
    ])(
      'that is %s is found before a node starts',
      async (_what, text, words) => {
        const gridgain = { edition: 'enterprise', licence: text };
        const events = await provision(database().provisioner, {
          ...licensed(),
          gridgain,
        });
        expect(endOf(events)).toMatch(words);
        const sets = await database().look.read([
          'get',
          'statefulsets',
          '-n',
          'grid',
        ]);
        expect(sets.items).toEqual([]);
        await cluster().kubectl([
          'delete',
          'namespace',
          'grid',
          '--timeout=60s',
        ]);
      },
    );

    it('that is missing is waited for, and nothing is started without it', async () => {
      const enough = new AbortController();
      const events = await provision(
        database().provisioner,
        { ...licensed(), gridgain: { edition: 'enterprise' } },
        enough.signal,
        event => {
          if (event.type === 'waiting') enough.abort(new Error('enough'));
        },
      );
      expect(events.find(({ type }) => type === 'waiting')).toMatchObject({
        wait: 'Secret "grid/grid-licence" holds a licence that is valid',
      });
      const sets = await database().look.read([
        'get',
        'statefulsets',
        '-n',
        'grid',
      ]);
      expect(sets.items).toEqual([]);
    });
  });
}
