import { actionContext, fakeRingfence, inputOf } from '../__testUtils__/fakes';
import { createIssueCredentialAction } from './issueCredential';
import { examples } from './issueCredential.examples';

const [example] = examples;
const REF = { kubernetesCluster: 'eu-1', namespace: 'orders' };

it.each(examples.map(it => [it.description, it] as const))(
  'runs the example: %s',
  async (_description, { example: text, ...rest }) => {
    const ringfence = fakeRingfence();
    const input = inputOf({ example: text, ...rest });
    const { ctx, lines, outputs } = actionContext(input);
    await createIssueCredentialAction({ ringfence }).handler(ctx);
    const { database, ...request } = input;
    expect(ringfence.issueCredential).toHaveBeenCalledWith(
      REF,
      request,
      expect.objectContaining({ credentials: expect.anything() }),
    );
    expect(outputs).toEqual({
      role: 'team_reports_v1',
      secret: 'orders-credential-reports',
    });
    expect(lines).toEqual([
      'Role "team_reports_v1" is issued to "group:default/analytics"; its password is in Secret "orders/orders-credential-reports"',
    ]);
  },
);

it('asks for no more than to read where nothing is said', async () => {
  const ringfence = fakeRingfence();
  const { access, ...input } = inputOf(example);
  await createIssueCredentialAction({ ringfence }).handler(
    actionContext(input).ctx,
  );
  expect(ringfence.issueCredential).toHaveBeenCalledWith(
    REF,
    expect.objectContaining({ access: 'read' }),
    expect.anything(),
  );
});

it('issues nothing in a dry run', async () => {
  const ringfence = fakeRingfence();
  const { ctx, lines } = actionContext(inputOf(example), { isDryRun: true });
  await createIssueCredentialAction({ ringfence }).handler(ctx);
  expect(ringfence.issueCredential).not.toHaveBeenCalled();
  expect(lines).toEqual([
    'Dry run: would issue credential "reports" for "group:default/analytics" in "eu-1/orders"',
  ]);
});

it('says what an address of a database looks like', async () => {
  const { ctx } = actionContext({ ...inputOf(example), database: 'orders' });
  await expect(
    createIssueCredentialAction({ ringfence: fakeRingfence() }).handler(ctx),
  ).rejects.toThrow(
    'database: expected "<kubernetesCluster>/<namespace>", got "orders"',
  );
});
