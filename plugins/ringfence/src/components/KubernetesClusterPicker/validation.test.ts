import { mockRingfenceApi } from '../../__testUtils__/render';
import { validateKubernetesCluster } from './validation';

async function errorsOf(
  value: string,
  options: {
    readonly api?: ReturnType<typeof mockRingfenceApi>;
    readonly blueprint?: string;
  } = {},
): Promise<string[]> {
  const errors: string[] = [];
  const { api = mockRingfenceApi(), blueprint } = options;
  await validateKubernetesCluster(
    value,
    { addError: (error: string) => errors.push(error) } as any,
    {
      apiHolder: { get: () => api as any },
      formData: {},
      schema: {},
      uiSchema: { 'ui:options': { blueprint } } as any,
    },
  );
  return errors;
}

describe('validateKubernetesCluster', () => {
  it.each(['eu-1', 'sandbox'])('accepts %s', async name => {
    expect(await errorsOf(name)).toEqual([]);
  });

  it.each([
    ['unheard-of', 'is not configured here'],
    ['legacy', 'its credentials are of type google'],
    ['us-2', 'gateways.gateway.networking.k8s.io is not served; no ztunnel'],
  ])('refuses %s and says why', async (name, why) => {
    expect(await errorsOf(name)).toEqual([
      expect.stringContaining(`Kubernetes cluster "${name}"`),
    ]);
    expect((await errorsOf(name))[0]).toContain(why);
  });

  it('asks for the requirements of the named blueprint', async () => {
    expect(await errorsOf('us-2', { blueprint: 'other' })).toEqual([]);
  });

  it('leaves an empty field to the form', async () => {
    expect(await errorsOf('')).toEqual([]);
  });

  it('refuses what could not be checked', async () => {
    const api = mockRingfenceApi();
    api.listPlatforms.mockRejectedValue(new Error('Failed to fetch'));

    expect(await errorsOf('eu-1', { api })).toEqual([
      'Kubernetes cluster "eu-1" could not be checked: Failed to fetch',
    ]);
  });
});
