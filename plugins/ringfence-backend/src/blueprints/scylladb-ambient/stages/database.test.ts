import { manifestOf, observed, stageOf } from '../__fixtures__/stages';

const PRODUCTION = {
  profile: 'production',
  storage: { className: 'fast-xfs', size: '100Gi' },
};

function pod(changes: Record<string, unknown> = {}) {
  return manifestOf('StatefulSet', changes).spec.template;
}
function container(changes: Record<string, unknown> = {}) {
  return pod(changes).spec.containers[0];
}
/** Arguments as a record: `--smp 1` is `{ smp: '1' }`. */
function options(changes: Record<string, unknown> = {}) {
  const args: string[] = container(changes).args;
  return Object.fromEntries(
    args
      .map((arg, i) => [arg.replace(/^--/, ''), args[i + 1]])
      .filter((_pair, i) => args[i].startsWith('--')),
  );
}

describe('stage "database"', () => {
  it('starts ScyllaDB small and in developer mode in the dev profile', () => {
    expect(options()).toMatchObject({
      smp: '1',
      memory: '768M',
      overprovisioned: '1',
      'developer-mode': '1',
    });
    expect(container().resources).toEqual({
      requests: { cpu: '250m', memory: '1280Mi' },
      limits: { cpu: '1', memory: '1280Mi' },
    });
  });

  it('gives ScyllaDB cores and memory of its own in production', () => {
    expect(options(PRODUCTION)).toMatchObject({
      smp: '4',
      memory: '16384M',
      overprovisioned: '0',
      'developer-mode': '0',
      'io-setup': '1',
    });
    const { requests, limits } = container(PRODUCTION).resources;
    expect(limits).toEqual({ cpu: '4', memory: '16896Mi' });
    expect(requests).toEqual(limits);
  });

  it('tells each node where it is, and the others where to find it', () => {
    expect(options()).toMatchObject({
      'cluster-name': 'orders',
      dc: 'datacenter1',
      rack: 'rack1',
      seeds: 'orders-0.orders.orders.svc.cluster.local',
      'listen-address': '$(POD_IP)',
      'rpc-address': '0.0.0.0',
      'broadcast-rpc-address': '$(POD_IP)',
    });
    expect(container().env[0]).toEqual({
      name: 'POD_IP',
      valueFrom: { fieldRef: { fieldPath: 'status.podIP' } },
    });
    expect(container().image).toBe('scylladb/scylla:2026.1.11');
  });

  it('asks for passwords and rights in the settings', () => {
    const settings = manifestOf('ConfigMap', {}, 'orders-config').data[
      'scylla.yaml'
    ];
    expect(settings).toContain('authenticator: PasswordAuthenticator\n');
    expect(settings).toContain('authorizer: CassandraAuthorizer\n');
    expect(settings).toContain('enable_shard_aware_drivers: false\n');
  });

  it('leaves drivers inside the mesh their shards where there is no gateway', () => {
    const changes = { access: { exposure: 'none' } };
    const settings = manifestOf('ConfigMap', changes, 'orders-config').data[
      'scylla.yaml'
    ];
    expect(settings).not.toContain('shard_aware');
  });

  it('takes the superuser from file to file, on no command line', () => {
    const [init] = pod({ version: '2026.2.5' }).spec.initContainers;
    expect(init.command[2]).toContain(
      'cat /settings/scylla.yaml /superuser/superuser.yaml > /work/etc/scylla.yaml',
    );
    expect(init).not.toHaveProperty('env');
    expect(pod({ version: '2026.2.5' }).spec.volumes).toContainEqual({
      name: 'superuser',
      secret: {
        secretName: 'orders-superuser',
        items: [{ key: 'superuser.yaml', path: 'superuser.yaml' }],
        defaultMode: 0o440,
      },
    });
  });

  it('mounts no Secret for a release that makes its superuser over CQL', () => {
    expect(JSON.stringify(pod())).not.toContain('superuser');
  });

  it('rolls the pods when a Secret that they read changes, or the settings', () => {
    const changes = { version: '2026.2.5' };
    const annotationsWith = (hash: string) =>
      stageOf('database', changes)
        .manifests({ ...observed, secretHashes: { 'orders-superuser': hash } })
        .find(({ kind }) => kind === 'StatefulSet')!.spec.template.metadata
        .annotations;
    expect(annotationsWith('1')['ringfence.dev/secret-hash']).toBe('1');
    expect(annotationsWith('2')['ringfence.dev/secret-hash']).toBe('2');
    const settingsHash = (c: Record<string, unknown>) =>
      pod(c).metadata.annotations['ringfence.dev/settings-hash'];
    expect(settingsHash({})).toMatch(/^[0-9a-f]{64}$/);
    expect(settingsHash({})).not.toBe(
      settingsHash({ access: { exposure: 'none' } }),
    );
  });

  it('passes Pod Security "restricted"', () => {
    const { spec } = pod(PRODUCTION);
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 999,
      fsGroup: 999,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const containers = [...spec.containers, ...spec.initContainers];
    expect(containers).toHaveLength(2);
    for (const { securityContext } of containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('has probes that need no identity, and drains before it stops', () => {
    const { startupProbe, readinessProbe, livenessProbe, lifecycle } =
      container();
    expect(startupProbe.tcpSocket).toEqual({ port: 9042 });
    expect(readinessProbe.tcpSocket).toEqual({ port: 9042 });
    expect(livenessProbe.tcpSocket).toEqual({ port: 7000 });
    expect(lifecycle.preStop.exec.command).toEqual(['nodetool', 'drain']);
  });

  it('publishes nodes that are not ready to each other, and ready ones to clients', () => {
    const headless = manifestOf('Service', {}, 'orders').spec;
    expect(headless).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
    const cql = manifestOf('Service', {}, 'orders-cql').spec;
    expect(cql).not.toHaveProperty('publishNotReadyAddresses');
    expect(cql.ports).toEqual([
      { name: 'tcp-cql', port: 9042, targetPort: 9042, protocol: 'TCP' },
    ]);
    for (const { name } of [...headless.ports, ...cql.ports]) {
      expect(name).toMatch(/^tcp-/);
    }
    expect(cql.selector).toEqual(headless.selector);
    expect(cql.selector['app.kubernetes.io/component']).toBe('database');
  });

  it('spreads the nodes, insisting on it in production, and loses one at a time', () => {
    const [byNode] = pod().spec.topologySpreadConstraints;
    expect(byNode).toMatchObject({
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
    });
    // A constraint on zones would void this one where nodes have none.
    expect(pod().spec.topologySpreadConstraints).toHaveLength(1);
    const [strictly] = pod(PRODUCTION).spec.topologySpreadConstraints;
    expect(strictly.whenUnsatisfiable).toBe('DoNotSchedule');
    expect(manifestOf('PodDisruptionBudget').spec.maxUnavailable).toBe(1);
  });

  it('keeps the volumes, of the class that is asked for or the default one', () => {
    const { spec } = manifestOf('StatefulSet', PRODUCTION);
    expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    });
    expect(spec.volumeClaimTemplates[0].spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'fast-xfs',
      resources: { requests: { storage: '100Gi' } },
    });
    const [preset] = manifestOf('StatefulSet').spec.volumeClaimTemplates;
    expect(preset.spec).not.toHaveProperty('storageClassName');
  });

  it.each([
    [
      '2026.1.11',
      [
        'make the superuser',
        'replicate roles',
        'disable the public login "cassandra"',
        'make the application role',
      ],
    ],
    ['2026.2.5', ['replicate roles', 'make the application role']],
  ])('acts, with ScyllaDB %s, over CQL in this order', (version, expected) => {
    const names = stageOf('database', { version }).actions!.map(
      ({ name }) => name,
    );
    expect(names).toEqual(expected.map(text => expect.stringContaining(text)));
  });

  it('waits for the pods and the ring before it acts', () => {
    const waits = stageOf('database').waits;
    expect(waits.map(({ when }) => when)).toEqual([
      'before-actions',
      'before-actions',
    ]);
  });
});
