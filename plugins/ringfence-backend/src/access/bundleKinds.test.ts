import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@ringfence/backstage-plugin-ringfence-node';
import type { AccessRecipe } from '@ringfence/backstage-plugin-ringfence-node';
import { connectionSchema, type Connection } from '@ringfence/connection';
import { mintCa } from '@ringfence/connection/testUtils';
import { strFromU8, unzipSync } from 'fflate';
import { parse, parseAllDocuments } from 'yaml';
import { fakeCluster } from '../observing/__testUtils__/cluster';
import { databaseObjects, storedDatabase } from './__testUtils__/database';
import { makeBundle, type ClientCertificate } from './bundle';
import { readAccess } from './readAccess';

const NODES = ['orders-0', 'orders-1', 'orders-2'].map(name => ({
  name,
  serverName: `${name}.orders.example.com`,
}));
const HOST_ID = '38a64886-17f6-4fbc-8c25-4e2bb1ad4f5a';
const RING = [
  { address: '10.244.0.10', state: 'UN', datacenter: 'datacenter1', rack: 'r' },
].map(node => ({ ...node, hostId: HOST_ID }));

async function certificate(): Promise<ClientCertificate> {
  const ca = await mintCa({ name: 'clients of orders' });
  const { certPem, keyPem } = await ca.issue({
    commonName: 'payments',
    usage: 'client',
  });
  return {
    certificatePem: certPem,
    keyPem: new Secret(keyPem),
    team: 'group:default/payments',
    notAfter: new Date('2030-01-01T00:00:00Z'),
  };
}

async function accessOf(recipe: Partial<AccessRecipe>) {
  const { certPem } = await mintCa({ name: 'orders CA' });
  return readAccess(
    storedDatabase(recipe),
    fakeCluster({ objects: databaseObjects(certPem) }),
    async () => RING,
  );
}

async function bundleOf(
  recipe: Partial<AccessRecipe>,
  shown?: ClientCertificate,
) {
  const zip = await makeBundle(await accessOf(recipe), shown);
  const files = unzipSync(zip);
  const text = (path: string) => strFromU8(files[path]);
  const connection: Connection = connectionSchema.parse(
    JSON.parse(text('connection.json')),
  );
  return { zip, files, text, connection };
}

describe('with names of nodes', () => {
  let bundle: Awaited<ReturnType<typeof bundleOf>>;
  beforeAll(async () => {
    bundle = await bundleOf({ nodes: NODES, hostname: 'orders.example.com' });
  });

  it('tells each by its address now, and by its ID where the ring says it', () => {
    expect(bundle.connection.cql?.nodes).toEqual([
      { ...NODES[0], address: '10.244.0.10', hostId: HOST_ID },
      { ...NODES[1], address: '10.244.3.11' },
      { ...NODES[2], address: '10.245.0.12' },
    ]);
  });

  it.each([
    [
      'java/src/main/resources/application.conf',
      '"10.244.3.11/32" = "orders-1.orders.example.com:9041"',
    ],
    [
      'java-scylla/src/main/java/ringfence/NodeTranslator.java',
      'Map.entry("10.244.3.11", "orders-1.orders.example.com")',
    ],
    ['python/example.py', '"10.244.3.11": "orders-1.orders.example.com"'],
    ['python/example.py', `"${HOST_ID}": "orders-0.orders.example.com"`],
    ['python/example.py', 'TokenAwarePolicy(DCAwareRoundRobinPolicy('],
    [
      'python-scylla/example.py',
      'shard_aware_options={"disable_shardaware_port": True}',
    ],
    ['go/main.go', `"${HOST_ID}": "orders-0.orders.example.com"`],
    ['go/main.go', 'TokenAwareHostPolicy'],
  ])('leads in %s each node to its name', (path, words) => {
    expect(bundle.text(path)).toContain(words);
  });

  it('says which clients reach the nodes by name, and which cannot', async () => {
    const { snippets } = await accessOf({ nodes: NODES });
    const perNode = snippets.filter(({ routing }) => routing === 'per-node');
    expect(perNode.map(({ id }) => id)).toEqual([
      'java',
      'java-scylla',
      'python',
      'python-scylla',
      'go',
    ]);
    expect(snippets.every(({ routing }) => routing)).toBe(true);
    expect(bundle.text('README.md')).toContain(
      'These go to the node that holds a row: Java, Java (ScyllaDB), Python, Python (ScyllaDB), Go.',
    );
  });

  it('says nothing of it where the gateway picks nodes', async () => {
    const { snippets, connection } = await accessOf({});
    expect(snippets.some(({ routing }) => routing)).toBe(false);
    expect(connection.cql).not.toHaveProperty('nodes');
  });
});

describe('with a certificate of the client', () => {
  let shown: ClientCertificate;
  let bundle: Awaited<ReturnType<typeof bundleOf>>;
  beforeAll(async () => {
    shown = await certificate();
    bundle = await bundleOf({}, shown);
  });

  it('carries certificate and key, and says so in connection.json', () => {
    expect(bundle.text('client.crt')).toBe(shown.certificatePem);
    expect(bundle.text('client.key')).toBe(shown.keyPem.reveal());
    expect(bundle.connection.tls.clientCertificate).toEqual({
      certificateFile: 'client.crt',
      keyFile: 'client.key',
      keystoreFile: 'client.p12',
      team: 'group:default/payments',
      notAfter: '2030-01-01T00:00:00.000Z',
    });
  });

  it.each([
    ['java/src/main/resources/application.conf', '"/client.p12"'],
    ['java-scylla/src/main/resources/application.conf', '"/client.p12"'],
    ['python/example.py', '"client.key"'],
    ['python-scylla/example.py', '"client.key"'],
    ['node/example.js', '"client.key"'],
    ['go/main.go', '"client.key"'],
    ['rust/src/main.rs', '"client.key"'],
    ['dotnet/Program.cs', '"client.p12"'],
    ['cqlsh/cqlshrc', 'userkey = client.key'],
    ['haproxy/haproxy.cfg', ' crt client.crt'],
    ['stunnel/stunnel.conf', 'key = client.key'],
    ['envoy/envoy.yaml', 'filename: client.key'],
  ])('shows it in %s', (path, words) => {
    expect(bundle.text(path)).toContain(words);
  });

  it('gives it to the proxy in Kubernetes from a Secret, which the README makes', () => {
    const [, deployment] = parseAllDocuments(
      bundle.text('kubernetes/client.yaml'),
    ).map(document => document.toJS());
    const [volume] = deployment.spec.template.spec.volumes;
    const { name } = volume.projected.sources[1].secret;
    expect(bundle.text('README.md')).toContain(
      `kubectl create secret generic ${name} --from-file=client.crt --from-file=client.key`,
    );
    expect(bundle.text('kubernetes/client.yaml')).not.toContain('PRIVATE KEY');
  });

  it('gives it to the proxy of Docker Compose as the user who may read it', () => {
    const { services } = parse(bundle.text('docker-compose/compose.yaml'));
    expect(services['ringfence-connect'].user).toBe('${BUNDLE_OWNER:-1000}');
    expect(bundle.text('README.md')).toContain('BUNDLE_OWNER=$(id -u) docker');
  });

  it('has the same bytes each time', async () => {
    const access = await accessOf({});
    expect(await makeBundle(access, shown)).toEqual(
      await makeBundle(access, shown),
    );
  });

  it('says in its README which files are secret', () => {
    expect(bundle.text('README.md')).toContain(
      'These files are secret: `client.key`, `client.p12`.',
    );
  });
});

describe('where the hybrid key exchange is required', () => {
  it('has files for those clients alone that can insist on it', async () => {
    const { snippets, connection } = await accessOf({
      keyExchange: 'hybrid-required',
    });
    expect(snippets.map(({ id }) => id)).toEqual([
      'cqlsh',
      'node',
      'go',
      'rust',
      'docker-compose',
      'kubernetes',
      'envoy',
    ]);
    expect(connection.tls).toMatchObject({
      keyExchange: 'hybrid-required',
      minVersion: 'TLSv1.3',
    });
  });

  it('has them insist, and says of the others where they can go', async () => {
    const { text } = await bundleOf({ keyExchange: 'hybrid-required' });
    const files = ['node/example.js', 'go/main.go', 'rust/src/main.rs'];
    for (const path of [...files, 'envoy/envoy.yaml'])
      expect(text(path)).toContain('X25519MLKEM768');
    expect(text('README.md')).toContain(
      'cannot be told to insist on it: scylla-cqlsh, Java, Java (ScyllaDB), Python, Python (ScyllaDB), .NET, HAProxy, stunnel.',
    );
  });
});

describe.each<[string, Partial<AccessRecipe>, boolean]>([
  ['names of nodes', { nodes: NODES, hostname: 'orders.example.com' }, false],
  ['a certificate', {}, true],
  ['names of nodes and a certificate', { nodes: NODES }, true],
  ['the hybrid', { keyExchange: 'hybrid-required' }, true],
  ['all of it', { keyExchange: 'hybrid-required', nodes: NODES }, true],
])('unpacked, with %s', (_what, recipe, isShown) => {
  let folder: string;
  let paths: string[];
  const run = (tool: string, ...args: string[]) =>
    execFileSync(tool, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundle-'));
    const shown = isShown ? await certificate() : undefined;
    const { zip, files } = await bundleOf(recipe, shown);
    paths = Object.keys(files);
    await writeFile(join(folder, 'bundle.zip'), zip);
    if (isThere('unzip')) run('unzip', '-q', 'bundle.zip');
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Runs where the tool is on this machine. */
  const describeWith = (tool: string) =>
    isThere('unzip') && isThere(tool) ? describe : describe.skip;

  describeWith('python3')('for Python', () => {
    it('has Python', () => {
      const program = 'import ast, sys; ast.parse(open(sys.argv[1]).read())';
      for (const path of paths.filter(it => it.endsWith('.py')))
        expect(run('python3', '-c', program, path)).toBe('');
    });
  });

  describeWith('rustfmt')('for Rust', () => {
    it('is Rust as rustfmt writes it', () => {
      expect(
        run('rustfmt', '--check', '--edition', '2021', 'rust/src/main.rs'),
      ).toBe('');
    });
  });

  describeWith('node')('for Node', () => {
    it('is JavaScript', () => {
      expect(run('node', '--check', 'node/example.js')).toBe('');
    });
  });

  describeWith('gofmt')('for Go', () => {
    it('is Go as gofmt writes it', async () => {
      const written = await readFile(join(folder, 'go/main.go'), 'utf8');
      expect(run('gofmt', '-e', 'go/main.go')).toBe(written);
    });
  });

  describeWith('sh')('for a shell', () => {
    it('has scripts that it takes', () => {
      for (const path of paths.filter(it => it.endsWith('.sh')))
        expect(run('sh', '-n', path)).toBe('');
    });

    it('lets nobody but its owner read a key', async () => {
      const secrets = paths.filter(it => /^client\.(key|p12)$/.test(it));
      expect(secrets).toHaveLength(isShown ? 2 : 0);
      for (const path of secrets) {
        const { mode } = await stat(join(folder, path));
        expect((mode % 0o1000).toString(8)).toBe('600');
      }
    });
  });
});

function isThere(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
