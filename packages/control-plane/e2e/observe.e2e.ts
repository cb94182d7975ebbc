import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startCluster, until, type Cluster } from '../src';
import { ACCOUNT, createAccount } from '../src/account';
import { AuditLog } from './support/auditLog';
import { Credential } from './support/observe/Credential';
import { FAULTS, SIDE_DOOR } from './support/observe/faults';
import {
  ObservedDatabase,
  startObserving,
} from './support/observe/ObservedDatabase';
import { Relay } from './support/observe/Relay';
import { orders, type TestPlugin } from './support/provisioning';

jest.setTimeout(400_000);

/** What watches tell, with two cores for ring, control plane and portal together. */
const BY_WATCH_MS = 3_000;
/** What takes all probes to be run. */
const BY_PROBE_MS = 30_000;
/** A replica looks for the answers of the others every 5 s. */
const SHARED_WITHIN_MS = 20_000;
/** In which replicas have turns each. */
const WATCHED_MS = 80_000;
/** Probes are no sooner due again, not even after a change. */
const APART_MS = 5_000;
/** Telemetry is due after 72 s at most, a turn that nobody ended counts as gone after 60 s. */
const TAKEN_OVER_WITHIN_MS = 200_000;
/** 30 s of patience, looked at every 10 s. */
const SILENCE_WITHIN_MS = 60_000;
const READS = 50;
const READ_MS = 500;

let directory: string;
let cluster: Cluster;
let audit: AuditLog;
let accountKubeconfig: string;

const at = (name: string) => join(directory, name);

/** A replica of the portal, with a credential of its own. */
async function startReplica(name: string) {
  const credential = await Credential.create(cluster, audit, {
    from: accountKubeconfig,
    to: at(`kubeconfig-${name}`),
  });
  const plugin = await startObserving(
    { ...cluster, kubeconfig: credential.kubeconfig },
    { databaseFile: at('replicas.sqlite') },
  );
  const database = new ObservedDatabase(cluster, plugin, orders);
  return { credential, plugin, database };
}

type Replica = Awaited<ReturnType<typeof startReplica>>;

let first: Replica;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ringfence-observe-'));
  audit = await AuditLog.create(at('audit'), ACCOUNT);
  const { apiServerArgs } = audit;
  cluster = await startCluster({ log: () => {}, apiServerArgs });
  accountKubeconfig = (await createAccount(cluster)).kubeconfig;
  first = await startReplica('first');
  await first.database.provision();
  await first.database.green();
});

afterAll(async () => {
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('what goes wrong', () => {
  it.each(FAULTS)(
    '$what: is named ($check $reason), and mended by its remedy',
    async fault => {
      const { database, plugin } = first;
      await fault.make(database, cluster);
      const began = performance.now();
      const finding = fault.byProbe
        ? await database.says(fault, BY_PROBE_MS, () =>
            plugin.report(orders.namespace),
          )
        : await database.says(fault, BY_WATCH_MS);
      const tookMs = Math.round(performance.now() - began);
      process.stderr.write(
        `observe: ${fault.check} ${fault.reason} after ${tookMs} ms: ${finding.summary}\n`,
      );
      expect(finding.status).not.toBe('ok');
      await Promise.all([
        database.follow(finding.remedy!),
        fault.meanwhile?.(database, cluster),
      ]);
      await database.green();
    },
  );
});

describe('two replicas of the portal', () => {
  let second: Replica;
  let startedAt: number;

  beforeAll(async () => {
    startedAt = Date.now();
    second = await startReplica('second');
  });
  afterAll(async () => {
    await first?.plugin.stop();
    await second?.plugin.stop();
  });

  /** What only probes know, and when they found it out. */
  const probed = async ({ database }: Replica) => {
    const { headline, findings } = await database.report();
    const asked = findings.filter(({ check }) =>
      /^(access\.login|ring\.nodes|certificate\.served)$/.test(check),
    );
    return { headline, asked };
  };

  it('show the same, what probes found out included', async () => {
    await until('both show the same', SHARED_WITHIN_MS, async () => {
      const [ofFirst, ofSecond] = await Promise.all(
        [first, second].map(probed),
      );
      expect(ofSecond).toEqual(ofFirst);
      return true;
    });
    expect((await probed(second)).asked.length).toBeGreaterThanOrEqual(3);
  });

  it('show a change at the same time', async () => {
    await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(SIDE_DOOR));
    const wanted = { check: 'gateway.other-ways', reason: 'ServiceExposed' };
    await Promise.all(
      [first, second].map(({ database }) => database.says(wanted, BY_WATCH_MS)),
    );
    await cluster.kubectl(['delete', 'service', 'side-door', '-n', 'orders']);
    const mended = await Promise.all(
      [first, second].map(({ database }) =>
        database.says({ ...wanted, reason: 'None' }, BY_WATCH_MS),
      ),
    );
    expect(mended.map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  it('run no probe twice', async () => {
    await delay(WATCHED_MS);
    const since = async ({ credential }: Replica) =>
      (await credential.podRequests()).filter(({ atMs }) => atMs >= startedAt);
    const [ofFirst, ofSecond] = await Promise.all([first, second].map(since));
    const twice = ofFirst.filter(({ uri, atMs }) =>
      ofSecond.some(
        other => other.uri === uri && Math.abs(other.atMs - atMs) < APART_MS,
      ),
    );
    expect(twice).toEqual([]);
    // Else nothing was seen that could have happened twice.
    expect((await first.credential.podRequests()).length).toBeGreaterThan(0);
  });

  it('go on when one of them ends', async () => {
    await first.plugin.stop();
    const endedAt = Date.now();
    const next = await until(
      'the other one probes',
      TAKEN_OVER_WITHIN_MS,
      async () => {
        const requests = await second.credential.podRequests();
        return requests.find(({ atMs }) => atMs > endedAt);
      },
    );
    expect(next.atMs - endedAt).toBeLessThan(TAKEN_OVER_WITHIN_MS);
  });
});

describe('a Kubernetes cluster that hangs', () => {
  /** The same API server by another way, so that it has the same database. */
  const ELSEWHERE = 'elsewhere';
  let elsewhere: Relay;
  let mute: Relay;
  let plugin: TestPlugin;
  let here: ObservedDatabase;
  let there: ObservedDatabase;

  beforeAll(async () => {
    elsewhere = await Relay.start(cluster.server);
    mute = await Relay.start(cluster.server, { hangs: true });
    const own = { ...cluster, kubeconfig: accountKubeconfig };
    plugin = await startObserving(own, {
      others: {
        [ELSEWHERE]: await elsewhere.writeKubeconfig(
          accountKubeconfig,
          at('kubeconfig-elsewhere'),
        ),
        mute: await mute.writeKubeconfig(
          accountKubeconfig,
          at('kubeconfig-mute'),
        ),
      },
    });
    here = new ObservedDatabase(cluster, plugin, orders);
    const spec = { ...orders, kubernetesCluster: ELSEWHERE };
    there = new ObservedDatabase(cluster, plugin, spec);
    await here.green();
    await there.green();
  });
  afterAll(async () => {
    await plugin?.stop();
    await elsewhere?.stop();
    await mute?.stop();
  });

  /** How long each of some reports takes, the slowest last. */
  async function readTimes(): Promise<number[]> {
    const times: number[] = [];
    for (let i = 0; i < READS; i++) {
      const began = performance.now();
      await here.report();
      times.push(performance.now() - began);
      await delay(20);
    }
    return times.sort((a, b) => a - b);
  }

  it('has databases that are unknown, with the reason and since when', async () => {
    const hungAt = Date.now();
    elsewhere.hang();
    const finding = await there.says(
      { check: 'mesh.strict', reason: 'NotLooked' },
      SILENCE_WITHIN_MS,
    );
    const words =
      /Kubernetes cluster "elsewhere" has not answered since (20\S+Z): \S/;
    const [, since] = words.exec(finding.summary) ?? [finding.summary];
    expect(Math.abs(Date.parse(since) - hungAt)).toBeLessThan(15_000);
    expect((await there.report()).status).toBe('unknown');
  });

  it('slows down no other', async () => {
    const times = await readTimes();
    const p95 = times[Math.floor(times.length * 0.95)];
    process.stderr.write(`observe: beside it, p95 ${Math.round(p95)} ms\n`);
    expect(p95).toBeLessThan(READ_MS);
    const wanted = { check: 'mesh.membership', reason: 'NamespaceNotInMesh' };
    const label = ['label', 'namespace', 'orders', '--overwrite'];
    await cluster.kubectl([...label, 'istio.io/dataplane-mode=none']);
    const { remedy } = await here.says(wanted, BY_WATCH_MS);
    await here.follow(remedy!);
    await here.says({ ...wanted, reason: 'Captured' }, BY_WATCH_MS);
  });

  it('is named as one that cannot be reached, as is one that never answered', async () => {
    const response = await fetch(`${plugin.url}/fleet`, {
      signal: AbortSignal.timeout(BY_PROBE_MS),
    });
    const { items, unreachable } = await response.json();
    expect(unreachable.sort()).toEqual([ELSEWHERE, 'mute']);
    expect(items).toEqual([
      expect.objectContaining({ kubernetesCluster: 'control-plane' }),
    ]);
  });

  it('is believed again once it answers', async () => {
    elsewhere.resume();
    const { status } = await there.says(
      { check: 'mesh.strict', reason: 'Strict' },
      SILENCE_WITHIN_MS,
    );
    expect(status).toBe('ok');
  });
});
