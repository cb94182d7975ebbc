import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { METRICS } from './scylladb-ambient/pod';
import { manifestOf } from './scylladb-ambient/__fixtures__/stages';

const read = (file: string) =>
  readFileSync(join(__dirname, '../../../../deploy/monitoring', file), 'utf8');

/**
 * Made by hand, from the rules of its makers' own monitoring and from lists of
 * what its sources register. No ScyllaDB ran here to prove it.
 *
 * @see https://docs.scylladb.com/manual/stable/reference/metrics.html
 * @see https://github.com/scylladb/scylla-monitoring/tree/master/prometheus/prom_rules
 */
const OF_SCYLLADB = [
  'scylla_cache_row_hits',
  'scylla_cache_row_misses',
  'scylla_compaction_manager_compactions',
  'scylla_compaction_manager_pending_compactions',
  'scylla_gossip_unreachable',
  'scylla_memory_allocated_memory',
  'scylla_memory_total_memory',
  'scylla_node_operation_mode',
  'scylla_reactor_utilization',
  'scylla_storage_proxy_coordinator_read_latency_bucket',
  'scylla_storage_proxy_coordinator_read_timeouts',
  'scylla_storage_proxy_coordinator_read_unavailable',
  'scylla_storage_proxy_coordinator_write_latency_bucket',
  'scylla_storage_proxy_coordinator_write_timeouts',
  'scylla_storage_proxy_coordinator_write_unavailable',
  'scylla_transport_current_connections',
  'scylla_transport_requests_served',
  'scylla_transport_requests_shed',
];

/** @see https://istio.io/latest/docs/reference/config/metrics/ */
const OF_ISTIO = [
  'istio_tcp_connections_closed_total',
  'istio_tcp_connections_opened_total',
  'istio_tcp_received_bytes_total',
  'istio_tcp_sent_bytes_total',
];

const dashboard = JSON.parse(read('database-dashboard.json'));
const rules = parse(read('database-rules.yaml')).spec.groups.flatMap(
  (group: any) => group.rules,
);
const panels = dashboard.panels.filter(({ type }: any) => type !== 'row');

const queries: [string, string][] = [
  ...panels.flatMap(({ title, targets }: any) =>
    targets.map(({ expr }: any) => [title, expr]),
  ),
  ...rules.map(({ alert, expr }: any) => [alert, expr]),
];

/** The series that a query asks for, each with what it is narrowed down to. */
function seriesOf(query: string) {
  return [...query.matchAll(/\b([a-z_]+)\{([^}]*)\}/g)].map(
    ([, name, selector]) => ({ name, selector }),
  );
}

describe('dashboard and rules of a database', () => {
  it.each(queries)('"%s" asks for metrics that there are', (_title, query) => {
    const series = seriesOf(query);
    expect(series.length).toBeGreaterThan(0);
    for (const { name } of series) {
      expect(['up', ...OF_SCYLLADB, ...OF_ISTIO]).toContain(name);
    }
  });

  it.each(queries)(
    '"%s" asks only for what our PodMonitors mark',
    (_title, query) => {
      for (const { selector } of seriesOf(query)) {
        expect(selector).toContain('database!=""');
      }
      // What is not narrowed down would slip past the look above.
      expect(query).not.toMatch(/\b(scylla|istio)_[a-z_]+(?![a-z_{])/);
    },
  );

  it('tell nodes from gateways by the container that declares the port', () => {
    const { spec } = manifestOf('StatefulSet').spec.template;
    const [container] = spec.containers;
    expect(container.ports).toContainEqual({
      name: METRICS.name,
      containerPort: METRICS.port,
    });
    const containers = queries.flatMap(([, query]) => [
      ...query.matchAll(/container="([^"]+)"/g),
    ]);
    expect(new Set(containers.map(([, name]) => name))).toEqual(
      new Set([container.name, 'istio-proxy']),
    );
  });

  it('say of each alert how bad it is, since when, and what to do', () => {
    expect(new Set(rules.map(({ alert }: any) => alert)).size).toBe(
      rules.length,
    );
    for (const { annotations, labels, for: since } of rules) {
      expect({ annotations, labels, since }).toEqual({
        annotations: {
          summary: expect.any(String),
          description: expect.any(String),
        },
        labels: { severity: expect.stringMatching(/^(critical|warning)$/) },
        since: expect.stringMatching(/^\d+m$/),
      });
    }
  });

  it('have panels with ids of their own that lie beside each other', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }: any) =>
      Array.from(
        { length: w * h },
        (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`,
      ),
    );
    expect(new Set(cells).size).toBe(cells.length);
    const ids = dashboard.panels.map(({ id }: any) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
