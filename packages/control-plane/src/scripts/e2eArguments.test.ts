/* eslint-disable @backstage/no-relative-monorepo-imports -- the repository's own scripts are no package */
const load = () => import('../../../../scripts/lib/e2eArguments.mjs');

const known = {
  own: ['contract', 'provision', 'rights'],
  existing: ['contract', 'provision'],
};
const there = ['--kubeconfig', 'file', '--context', 'name'];

describe('readE2eArguments', () => {
  it.each([
    ['nothing: every part', [], { parts: known.own }],
    ['parts: those', ['rights'], { parts: ['rights'] }],
    [
      'a name of tests beside a part',
      ['provision', '-t', 'is Fenced'],
      { parts: ['provision'], testName: 'is Fenced' },
    ],
    [
      'an existing Kubernetes cluster: the parts that run there',
      there,
      {
        parts: known.existing,
        existing: { kubeconfig: 'file', context: 'name' },
      },
    ],
    [
      'an existing Kubernetes cluster and a part',
      [...there, 'contract'],
      { parts: ['contract'] },
    ],
  ])('takes %s', async (_name, argv, expected) => {
    const { readE2eArguments } = await load();
    expect(readE2eArguments(argv, known)).toMatchObject(expected);
  });

  it.each([
    ['a part that there is not', ['other'], 'Unknown part "other"'],
    ['an option that there is not', ['--other'], "Unknown option '--other'"],
    [
      'a kubeconfig without its context',
      ['--kubeconfig', 'file'],
      '--kubeconfig and --context go together',
    ],
    [
      'a context without its kubeconfig',
      ['--context', 'name'],
      '--kubeconfig and --context go together',
    ],
    [
      'a part that cannot run there',
      [...there, 'rights'],
      '"rights" needs the control plane of the tests. With --kubeconfig there are: contract, provision',
    ],
  ])('refuses %s', async (_name, argv, message) => {
    const { readE2eArguments } = await load();
    expect(() => readE2eArguments(argv, known)).toThrow(message);
  });
});
