/* eslint-disable jest/no-export -- tests that hold for every real API server */
import type {
  KubernetesCluster,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Kubectl } from '../../src';

/** An apply by somebody else, with the tool that they would use. */
export function applyWith(kubectl: () => Kubectl) {
  return async (
    manager: string,
    manifest: KubernetesObject,
  ): Promise<KubernetesObject> => {
    const output = await kubectl()(
      [
        'apply',
        '--server-side',
        `--field-manager=${manager}`,
        '--output=json',
        '-f',
        '-',
      ],
      JSON.stringify(manifest),
    );
    return JSON.parse(output);
  };
}

/** Refusals by schema. The sandbox knows no schemas, so they are no part of the contract. */
export function describeSchemas(kubernetes: () => KubernetesCluster): void {
  const metadata = { name: 'a', namespace: 'default' };

  describe('an apply', () => {
    it.each([
      [
        'a field that does not exist',
        { apiVersion: 'v1', kind: 'ConfigMap', metadata, dat: {} },
        '.dat: field not declared in schema',
      ],
      [
        'a value of another type',
        { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { port: 9042 } },
        '.data.port: expected string',
      ],
      [
        'a time without fractions of a second',
        {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata,
          spec: { renewTime: '2026-01-01T00:00:00Z' },
        },
        'parsing time',
      ],
    ])(
      'of %s is a mistake, not an outage',
      async (_name, manifest, message) => {
        await expect(kubernetes().apply(manifest)).rejects.toMatchObject({
          name: 'InputError',
          message: expect.stringContaining(message),
        });
      },
    );
  });
}
