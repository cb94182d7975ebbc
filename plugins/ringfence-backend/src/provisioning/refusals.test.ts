import {
  ACTOR,
  changes,
  createHarness,
  follow,
  lastOf,
  provisioned,
  SPEC,
  until,
  type Harness,
} from './__testUtils__/harness';

describe('what Provisioner.provision refuses', () => {
  let harness: Harness;
  beforeEach(() => {
    harness = createHarness();
  });

  const refusal = async (spec: Record<string, unknown>, actor = ACTOR) => {
    const events = await harness.provision(spec, { actor }).ended;
    const written = changes(events).filter(
      text => !text.startsWith('unchanged'),
    );
    expect(written).toEqual([]);
    return lastOf(events);
  };

  it.each([
    [
      'a name that is no DNS label',
      { name: 'Orders!' },
      /^spec\.name: must be a DNS label/,
    ],
    ['replicas 0', { replicas: 0 }, /^spec\.replicas: /],
    [
      'a field that there is not',
      { colour: 'red' },
      /^spec\.colour: no such field/,
    ],
    [
      'an owner who is no entity',
      { owner: '$(reboot)' },
      /^spec\.owner: must be a complete entity ref/,
    ],
    [
      'another blueprint',
      { blueprint: 'nosuch' },
      /^spec\.blueprint: must be one of/,
    ],
  ])('refuses %s before anything is applied', async (_name, spec, message) => {
    expect(await refusal(spec)).toMatchObject({
      type: 'failed',
      name: 'InputError',
      message: expect.stringMatching(message),
      resumable: false,
    });
    expect(await harness.read('Namespace', 'orders')).toBeUndefined();
  });

  it('names every requirement that the platform does not meet, each with its remedy', async () => {
    harness.script.requirements = [
      {
        name: 'cert-manager',
        met: false,
        level: 'required',
        message: 'cert-manager is not installed',
        remedy: { text: 'Install it', command: 'helm install cert-manager' },
      },
      {
        name: 'storage',
        field: 'size',
        met: false,
        level: 'required',
        message: 'no such StorageClass',
        remedy: { text: 'Choose another' },
      },
      { name: 'mesh', met: true, level: 'required', message: 'there' },
    ];
    expect(await refusal({})).toMatchObject({
      name: 'InputError',
      message:
        'Kubernetes cluster "memory" cannot take this database: spec.kubernetesCluster: cert-manager: cert-manager is not installed; ' +
        'spec.size: no such StorageClass. Install it: helm install cert-manager; Choose another.',
      resumable: false,
    });
    expect(await harness.read('Namespace', 'orders')).toBeUndefined();
  });

  it('says unmet notes and goes on', async () => {
    harness.script.requirements = [
      {
        name: 'aio',
        met: false,
        level: 'note',
        message: 'fs.aio-max-nr cannot be seen',
      },
    ];
    const running = harness.provision({ exposed: false });
    const events = await running.ended;
    expect(events[0]).toMatchObject({
      type: 'info',
      message: 'aio: fs.aio-max-nr cannot be seen',
    });
    expect(lastOf(events).type).toBe('done');
  });

  it('refuses a namespace that Ringfence does not manage', async () => {
    await harness.kubernetes.as('kubectl').create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'orders' },
    });
    expect(await refusal({})).toMatchObject({
      name: 'ConflictError',
      message: expect.stringMatching(
        /^spec\.namespace: Namespace "orders" in Kubernetes cluster "memory" exists and is not managed by Ringfence\. Choose another/,
      ),
      resumable: false,
    });
    const namespace = await harness.read('Namespace', 'orders');
    expect(namespace!.metadata.labels).not.toHaveProperty(
      'ringfence.dev/database',
    );
  });

  it.each([
    [
      'another owner',
      { owner: 'group:default/intruders' },
      'of group:default/payments, not "orders" of group:default/intruders',
    ],
    ['another name', { name: 'billing' }, 'holds database "orders"'],
  ])(
    'refuses the namespace of a database with %s, and says whose it is',
    async (_name, spec, words) => {
      await provisioned(harness);
      expect(await refusal(spec)).toMatchObject({
        name: 'ConflictError',
        message: expect.stringContaining(words),
      });
    },
  );

  it('refuses a namespace of its own that names no owner any more', async () => {
    await harness.kubernetes.as('kubectl').create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'orders',
        labels: {
          'app.kubernetes.io/managed-by': 'ringfence',
          'ringfence.dev/database': 'orders',
        },
      },
    });
    expect(await refusal({})).toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining(
        'holds database "orders" of an owner that it does not name',
      ),
    });
  });

  it('refuses a change that the volumes there cannot follow, and names the field', async () => {
    await provisioned(harness);
    expect(await refusal({ size: '20Gi', replicas: 2 })).toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(
        /^spec\.size: is "10Gi" and cannot become "20Gi" once the database has nodes or volumes; spec\.replicas: is 3 and cannot become 2 this way/,
      ),
      resumable: false,
    });
    expect(
      await harness.databases.get({
        kubernetesCluster: 'memory',
        namespace: 'orders',
      }),
    ).toMatchObject({
      spec: { size: '10Gi', replicas: 3 },
      state: 'ready',
    });
  });

  it('lets the same field change while there are no nodes and no volumes yet', async () => {
    harness.script.waitTimeoutMs = 1000;
    const running = harness.provision();
    await until(() => running.events.some(({ type }) => type === 'waiting'));
    await harness.clock.advance(2000);
    expect(lastOf(await running.ended).type).toBe('failed');
    await harness.status({ address: '10.0.0.7' });
    expect(lastOf(await harness.provision({ size: '20Gi' }).ended).type).toBe(
      'done',
    );
  });

  it('ends with "failed" for a Kubernetes cluster that cannot be read', async () => {
    harness.hooks.interfere = () => {
      throw new TypeError('Cannot read properties of undefined');
    };
    const events = await follow(
      harness.provisioner.provision(SPEC, {
        signal: new AbortController().signal,
        actor: ACTOR,
      }),
    ).ended;
    expect(lastOf(events)).toMatchObject({ type: 'failed', resumable: false });
  });
});
