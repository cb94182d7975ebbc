import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintCa } from '@ringfence/connection/testUtils';
import { clusterOf, PATH, ref, stored } from './__testUtils__/configMap';
import {
  startFakeApiServer,
  type FakeApiServer,
} from './__testUtils__/fakeApiServer';
import { ClientNodeKubernetesCluster } from './ClientNodeKubernetesCluster';
import { KubeConfigSource } from './kubeConfig';

let fake: FakeApiServer;
let kubernetes: ClientNodeKubernetesCluster;

beforeEach(async () => {
  fake = await startFakeApiServer();
  kubernetes = clusterOf(fake);
});

afterEach(() => fake.close());

describe('the connection', () => {
  it('tells an API server that cannot be reached', async () => {
    fake.close();

    await expect(kubernetes.get(ref)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining(
        `"eu-1" cannot be reached at ${fake.url}: connect ECONNREFUSED`,
      ),
    });
  });

  it('talks to no API server of another CA, whatever the environment says', async () => {
    const other = await mintCa({ name: 'another CA' });
    const caData = Buffer.from(other.certPem).toString('base64');
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      await expect(clusterOf(fake, { caData }).get(ref)).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
      });
      await expect(
        clusterOf(fake, { caData }).exec({ namespace: 'orders', pod: 'a' }, [
          'ls',
        ]),
      ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    expect(fake.requests).toEqual([]);
  });

  it('gives up on a WebSocket that is never opened', async () => {
    const source = new KubeConfigSource('eu-1', {
      from: 'url',
      url: fake.url,
      caData: fake.caData,
      credentials: { token: () => 'a-token' },
    });
    const options = {};
    await (await source.get()).applyToHTTPSOptions(options);

    // The option of `ws`, which the client hands on.
    expect(options).toMatchObject({ handshakeTimeout: 30_000 });
  });

  it('is used again by the next request', async () => {
    let connections = 0;
    fake.server.on('secureConnection', () => {
      connections += 1;
    });
    await kubernetes.get(ref);
    await kubernetes.get(ref);

    expect(fake.requests).toHaveLength(3);
    expect(connections).toBe(1);
  });

  it('reads the token file again at each use', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'token-'));
    const tokenFile = join(folder, 'token');
    const cluster = clusterOf(fake, { credentials: { tokenFile } });
    for (const token of ['first', 'second']) {
      await writeFile(tokenFile, `${token}\n`);
      await cluster.get(ref);
      expect(fake.requests.at(-1)!.headers.authorization).toBe(
        `Bearer ${token}`,
      );
    }
    await rm(folder, { recursive: true });

    await expect(cluster.get(ref)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('Credentials for Kubernetes cluster'),
    });
  });
});

describe('a kubeconfig', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function fromFile(cluster: object, context?: string) {
    const file = join(folder, 'config');
    await writeFile(
      file,
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: fake.url, ...cluster } }],
        users: [{ name: 'u', user: { token: 'from-file' } }],
        contexts: [{ name: 'eu', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'eu',
      }),
    );
    return new ClientNodeKubernetesCluster('eu-1', {
      from: 'kubeconfig',
      file,
      context,
    });
  }

  it('says whom to talk to and as whom', async () => {
    fake.on(`GET ${PATH}`, { body: stored() });
    const cluster = await fromFile({
      'certificate-authority-data': fake.caData,
    });

    expect(await cluster.get(ref)).toEqual(stored());
    expect(fake.requests.at(-1)!.headers.authorization).toBe(
      'Bearer from-file',
    );
  });

  it('is refused where it switches verification off', async () => {
    const cluster = await fromFile({ 'insecure-skip-tls-verify': true });

    await expect(cluster.get(ref)).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('insecure-skip-tls-verify'),
    });
    expect(fake.requests).toEqual([]);
  });

  it('is refused where it lacks the context', async () => {
    const cluster = await fromFile({}, 'absent');

    await expect(cluster.get(ref)).rejects.toThrow('has no context "absent"');
  });

  it('is refused where its server is not https', async () => {
    const cluster = await fromFile({ server: 'http://127.0.0.1:8080' });

    await expect(cluster.get(ref)).rejects.toThrow('is not an https URL');
  });

  it('may be missing for a while', async () => {
    const cluster = new ClientNodeKubernetesCluster('eu-1', {
      from: 'kubeconfig',
      file: join(folder, 'absent'),
    });

    await expect(cluster.get(ref)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('absent" cannot be read'),
    });
  });
});
