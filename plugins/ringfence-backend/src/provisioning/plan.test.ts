import { createHarness, provisioned, SPEC } from './__testUtils__/harness';

describe('Provisioner.plan', () => {
  it('shows the stages of a database that does not exist, and changes nothing', async () => {
    const harness = createHarness();
    const plan = await harness.provisioner.plan(SPEC);
    expect(plan.checkedBy).toBe(
      'the manifests\' schemas only: namespace "orders" is not there yet and no scratch namespace is configured',
    );
    expect(plan.stages.map(({ name }) => name)).toEqual([
      'namespace',
      'credentials',
      'gateway',
      'database',
    ]);
    expect(plan.stages[1]).toMatchObject({
      secrets: ['orders-login'],
      manifests: [],
    });
    expect(plan.stages[3]).toMatchObject({
      actions: ['Make the role'],
      waits: ['Login to orders works'],
    });
    const [, statefulSet] = plan.stages[3].manifests;
    expect(statefulSet.spec.template.metadata.annotations.address).toBe(
      '192.0.2.1',
    );
    expect(plan.notes).toEqual([
      expect.stringContaining("192.0.2.1 stands for the Gateway's address"),
      expect.stringContaining('Secrets orders-login are generated'),
    ]);
    expect(await harness.read('Namespace', 'orders')).toBeUndefined();
  });

  it('asks for nothing in a namespace that is not there, where it has no rights yet', async () => {
    const harness = createHarness();
    const asked: string[] = [];
    harness.hooks.interfere = (method, { kind }) => {
      asked.push(`${method} ${kind}`);
    };
    await harness.provisioner.plan(SPEC);
    expect(asked).toContain('get Namespace');
    expect(asked).not.toContain('get Secret');
  });

  it('is checked by the server where the namespace is there, with what is live', async () => {
    const harness = createHarness();
    await provisioned(harness);
    const before = await harness.read('ConfigMap', 'orders-gateway');
    const plan = await harness.provisioner.plan({ ...SPEC, motto: 'other' });
    expect(plan.checkedBy).toBe('server-side dry run in namespace "orders"');
    const after = await harness.read('ConfigMap', 'orders-gateway');
    expect(after).toEqual(before);
  });

  it('is checked in the scratch namespace where one is configured', async () => {
    const harness = createHarness({ scratchNamespace: 'scratch' });
    await harness.kubernetes.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'scratch' },
    });
    const dryRuns: string[] = [];
    harness.hooks.interfere = (method, { metadata, kind }) => {
      if (method === 'apply') dryRuns.push(`${kind} ${metadata!.name}`);
    };
    const plan = await harness.provisioner.plan(SPEC);
    expect(plan.checkedBy).toBe(
      'server-side dry run in scratch namespace "scratch"',
    );
    expect(dryRuns).toContain('StatefulSet orders');
    expect(
      await harness.kubernetes.list({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: 'scratch',
      }),
    ).toEqual([]);
  });

  it.each([
    ['an invalid spec', { replicas: 0 }, 'InputError', /spec\.replicas/],
    [
      "someone else's namespace",
      {},
      'ConflictError',
      /not managed by Ringfence/,
    ],
  ])('throws for %s', async (_name, spec, name, message) => {
    const harness = createHarness();
    await harness.kubernetes.as('kubectl').create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'orders' },
    });
    await expect(
      harness.provisioner.plan({ ...SPEC, ...spec }),
    ).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });
});
