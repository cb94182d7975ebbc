import { exampleSpec, required } from './__fixtures__/spec';
import { k8ssandraSchema } from './spec';

/** What is said about a spec with these changes, with the path; undefined where it passes. */
function refusal(changes: Record<string, unknown>): string | undefined {
  const { error } = k8ssandraSchema.safeParse({ ...required, ...changes });
  return error?.issues
    .map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('; ');
}

const STORAGE = { provider: 's3', bucket: 'orders-backups', secret: 'bucket' };
const ELSEWHERE = [
  { name: 'dc1', replicas: 3 },
  { name: 'dc2', replicas: 3, k8sContext: 'west' },
];

describe('the spec of a ring of K8ssandra', () => {
  it('completes itself with one datacenter and both sides encrypted', () => {
    expect(exampleSpec()).toMatchObject({
      ...required,
      profile: 'dev',
      version: '5.0.8',
      datacenters: [{ name: 'dc1', replicas: 3 }],
      tls: {
        client: { enabled: true, issuer: { kind: 'self-signed' } },
        internode: { enabled: true, issuer: { kind: 'self-signed' } },
      },
      reaper: { enabled: false, deploymentMode: 'SINGLE' },
      medusa: { enabled: false },
      operator: { namespace: 'k8ssandra-operator' },
    });
  });

  it.each([
    ['dev', {}],
    ['production', {}],
    ['with everything', { medusa: { enabled: true, storage: STORAGE } }],
  ])('reads its own completion again: %s', (profile, changes) => {
    const spec = exampleSpec({
      ...changes,
      profile: profile === 'production' ? 'production' : 'dev',
    });
    expect(k8ssandraSchema.parse(JSON.parse(JSON.stringify(spec)))).toEqual(
      spec,
    );
  });

  it.each<[string, Record<string, unknown>]>([
    ['datacenters in several contexts', { datacenters: ELSEWHERE }],
    [
      'racks in zones',
      {
        datacenters: [
          {
            name: 'dc1',
            replicas: 3,
            racks: [{ name: 'a', zone: 'eu-1a' }, { name: 'b' }],
          },
        ],
      },
    ],
    [
      'a Reaper that is there already',
      {
        reaper: {
          enabled: true,
          deploymentMode: 'CONTROL_PLANE',
          controlPlane: { name: 'reaper', namespace: 'k8ssandra-operator' },
        },
      },
    ],
    ['backups', { medusa: { enabled: true, storage: STORAGE } }],
  ])('takes %s', (_name, changes) => {
    expect(refusal(changes)).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'the deprecated certificates of Medusa, and says why',
      { medusa: { certificatesSecretRef: { name: 'medusa-certificates' } } },
      'medusa.certificatesSecretRef: no such field: certificatesSecretRef of Medusa is deprecated',
    ],
    [
      'Stargate, and says why',
      { stargate: { size: 1 } },
      'stargate: no such field: Stargate is deprecated',
    ],
    [
      'backups without a place for them',
      { medusa: { enabled: true } },
      'medusa.storage: is required',
    ],
    [
      'a Reaper elsewhere that is not named',
      { reaper: { enabled: true, deploymentMode: 'CONTROL_PLANE' } },
      'reaper.controlPlane: is required with CONTROL_PLANE',
    ],
    [
      'a Reaper elsewhere in another mode',
      {
        reaper: { enabled: true, controlPlane: { name: 'a', namespace: 'b' } },
      },
      'reaper.controlPlane: can be set only with deploymentMode CONTROL_PLANE',
    ],
    [
      'two datacenters of one name',
      {
        datacenters: [
          { name: 'dc1', replicas: 3 },
          { name: 'dc1', replicas: 3 },
        ],
      },
      'datacenters.1.name: must be another one',
    ],
    [
      'a first datacenter that Ringfence cannot reach',
      { datacenters: [{ name: 'dc1', replicas: 3, k8sContext: 'west' }] },
      'datacenters.0.k8sContext: must be left out of the first datacenter',
    ],
    [
      'a context that would be more than a word of a command',
      {
        datacenters: [
          { name: 'dc1', replicas: 3 },
          { name: 'dc2', replicas: 3, k8sContext: 'west; echo gone' },
        ],
      },
      'datacenters.1.k8sContext: must be the name of a context',
    ],
    [
      'a zone that no node of Kubernetes can have',
      {
        datacenters: [
          {
            name: 'dc1',
            replicas: 3,
            racks: [{ name: 'r1', zone: 'west 1' }],
          },
        ],
      },
      'datacenters.0.racks.0.zone: must be the value of a label',
    ],
    [
      'plaintext between Kubernetes clusters',
      { datacenters: ELSEWHERE, tls: { internode: { enabled: false } } },
      'tls.internode.enabled: must be true',
    ],
    [
      'names that are too long for Services',
      {
        name: 'a-name-of-some-length-for-a-database',
        datacenters: [{ name: 'datacenter1', replicas: 1 }],
      },
      'datacenters.0.name: must be shorter',
    ],
    [
      'racks that are too long for StatefulSets',
      {
        datacenters: [
          { name: 'dc1', replicas: 1, racks: [{ name: 'r'.repeat(50) }] },
        ],
      },
      'datacenters.0.racks: must have shorter names',
    ],
    ['a version of another line', { version: '3.11.19' }, 'version:'],
  ])('refuses %s', (_name, changes, message) => {
    expect(refusal(changes)).toContain(message);
  });
});
