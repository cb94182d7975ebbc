import { createMockDirectory } from '@backstage/backend-test-utils';
import {
  actionContext,
  fakeRingfence,
  inputOf,
  PLAN,
  SPEC,
} from '../__testUtils__/fakes';
import { createRenderAction } from './render';
import { examples } from './render.examples';

const workspace = createMockDirectory();

beforeEach(() => workspace.clear());

function contextOf(input: object) {
  const { ctx, ...rest } = actionContext(input);
  return { ctx: { ...ctx, workspacePath: workspace.path }, ...rest };
}

it.each(examples.map(example => [example.description, example] as const))(
  'runs the example: %s',
  async (_description, example) => {
    const ringfence = fakeRingfence();
    const { ctx, outputs } = contextOf(inputOf(example));
    await createRenderAction({ ringfence }).handler(ctx);
    expect(ringfence.plan).toHaveBeenCalledWith(SPEC, expect.anything());
    expect(outputs.files).toEqual([
      '01-namespace.yaml',
      '03-gateway.yaml',
      'README.md',
    ]);
    expect(workspace.content()).toMatchObject({
      databases: { orders: { 'README.md': expect.any(String) } },
    });
  },
);

it('writes one file a stage, and says how Secrets come to be', async () => {
  const { ctx } = contextOf(SPEC);
  await createRenderAction({ ringfence: fakeRingfence() }).handler(ctx);
  const files = workspace.content() as Record<string, string>;
  expect(files['03-gateway.yaml'].split('---\n')).toEqual([
    expect.stringContaining('kind: Gateway'),
    expect.stringContaining('kind: ConfigMap'),
  ]);
  expect(files['README.md']).toContain(
    'These Secrets are not in here, and must not be: `orders-superuser`, `orders-app`.',
  );
  expect(files['README.md']).toContain(
    'wait for Gateway orders/orders-gateway has an address',
  );
});

it('leaves out a Secret even where a plan holds one', async () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'leak', namespace: 'orders' },
  };
  const ringfence = fakeRingfence();
  ringfence.plan.mockResolvedValue({
    ...PLAN,
    stages: [{ ...PLAN.stages[0], manifests: [secret] }],
  });
  const { ctx, outputs } = contextOf(SPEC);
  await createRenderAction({ ringfence }).handler(ctx);
  expect(outputs.files).toEqual(['README.md']);
});

it.each(['../outside', '/etc'])(
  'refuses to write into %s',
  async targetPath => {
    const { ctx } = contextOf({ ...SPEC, targetPath });
    await expect(
      createRenderAction({ ringfence: fakeRingfence() }).handler(ctx),
    ).rejects.toThrow('not allowed');
    expect(workspace.content()).toEqual({});
  },
);

it('keeps the name of a stage from choosing another folder', async () => {
  const ringfence = fakeRingfence();
  ringfence.plan.mockResolvedValue({
    ...PLAN,
    stages: [{ ...PLAN.stages[0], name: '../../up' }],
  });
  const { ctx, outputs } = contextOf(SPEC);
  await createRenderAction({ ringfence }).handler(ctx);
  expect(outputs.files).toEqual(['01-------up.yaml', 'README.md']);
});
