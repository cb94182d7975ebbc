import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Access } from '@ringfence/backstage-plugin-ringfence-common';
import { connectionSchema } from '@ringfence/connection';
import { mintCa } from '@ringfence/connection/testUtils';
import { strFromU8, unzipSync } from 'fflate';
import { parse, parseAllDocuments } from 'yaml';
import { fakeCluster } from '../observing/__testUtils__/cluster';
import { databaseObjects, storedDatabase } from './__testUtils__/database';
import { makeBundle } from './bundle';
import { readAccess } from './readAccess';

let access: Access;
let files: Record<string, Uint8Array>;
beforeAll(async () => {
  const { certPem } = await mintCa({ name: 'orders CA' });
  access = await readAccess(
    storedDatabase(),
    fakeCluster({ objects: databaseObjects(certPem) }),
  );
  files = unzipSync(await makeBundle(access));
});

const text = (path: string) => strFromU8(files[path]);

it('holds what the access lists, in that order and size', () => {
  expect(
    Object.entries(files).map(([path, content]) => [path, content.length]),
  ).toEqual(access.bundle.files.map(({ path, bytes }) => [path, bytes]));
  expect(Object.keys(files)).toEqual([
    'README.md',
    'ca.crt',
    'connection.json',
    'cqlsh/cqlsh.sh',
    'cqlsh/cqlshrc',
    'cqlsh/scylla-cqlsh.sh',
    'docker-compose/compose.yaml',
    'dotnet/Program.cs',
    'dotnet/ringfence-example.csproj',
    'envoy/envoy.yaml',
    'go/go.mod',
    'go/main.go',
    'haproxy/haproxy.cfg',
    'java-scylla/pom.xml',
    'java-scylla/src/main/java/Example.java',
    'java-scylla/src/main/resources/application.conf',
    'java/pom.xml',
    'java/src/main/java/Example.java',
    'java/src/main/resources/application.conf',
    'kubernetes/client.yaml',
    'node/example.js',
    'node/package.json',
    'python-scylla/example.py',
    'python-scylla/requirements.txt',
    'python/example.py',
    'python/requirements.txt',
    'rust/Cargo.toml',
    'rust/src/main.rs',
    'stunnel/stunnel.conf',
    'truststore.p12',
  ]);
});

it('has the same bytes each time, in every time zone', async () => {
  const zone = process.env.TZ;
  try {
    process.env.TZ = 'Pacific/Auckland';
    const there = await makeBundle(access);
    process.env.TZ = 'America/Los_Angeles';
    expect(await makeBundle(access)).toEqual(there);
  } finally {
    process.env.TZ = zone;
  }
});

it('holds the connection and the CA that the access has', () => {
  expect(connectionSchema.parse(JSON.parse(text('connection.json')))).toEqual(
    access.connection,
  );
  expect(text('ca.crt')).toBe(access.ca.pem);
});

it('shows as snippets what is in the bundle, byte by byte', () => {
  expect(access.snippets.map(({ id }) => id)).toEqual([
    'cqlsh',
    'scylla-cqlsh',
    'java',
    'java-scylla',
    'python',
    'python-scylla',
    'node',
    'go',
    'rust',
    'dotnet',
    'docker-compose',
    'kubernetes',
    'haproxy',
    'stunnel',
    'envoy',
  ]);
  for (const snippet of access.snippets)
    expect(snippet.text).toBe(text(snippet.path));
});

it('tells in its README the fingerprint, the end of the CA and how to begin', () => {
  const [{ sha256, notAfter }] = access.ca.certificates;
  expect(text('README.md')).toContain(sha256);
  expect(text('README.md')).toContain(notAfter.slice(0, 10));
  expect(text('README.md')).toContain('npx @ringfence/connect up .');
});

it('leads every driver to the gateway and turns verification on', () => {
  expect(text('java/src/main/resources/application.conf')).toContain(
    '"10.244.0.0/16" = "203.0.113.11:9041"',
  );
  expect(text('java/src/main/resources/application.conf')).toContain(
    'hostname-validation = true',
  );
  expect(text('node/example.js')).toContain('rejectUnauthorized: true');
  expect(text('go/main.go')).toMatch(
    /RootCAs: +roots,\s+ServerName: serverName/,
  );
  expect(text('python/example.py')).toContain(
    'ssl.create_default_context(cafile=',
  );
  expect(text('cqlsh/cqlshrc')).toContain('check_hostname = true');
  expect(text('java-scylla/src/main/resources/application.conf')).toContain(
    'hostname-validation = true',
  );
  expect(text('dotnet/Program.cs')).toContain(
    'SetHostNameResolver(_ => serverName)',
  );
  expect(text('rust/src/main.rs')).toContain('&self.name, ocsp, now)');
});

it.each([
  ['python-scylla/example.py', 'shard_aware_options={"disable": True}'],
  ['rust/src/main.rs', '.disallow_shard_aware_port(true)'],
  [
    'java-scylla/src/main/resources/application.conf',
    'advanced-shard-awareness.enabled = false',
  ],
])('asks in %s for no connections to single shards', (path, setting) => {
  expect(text(path)).toContain(setting);
});

it("leaves out the driver that keeps the nodes' port where the gateway has no TLS on it", async () => {
  const { certPem } = await mintCa({ name: 'orders CA' });
  const { snippets, bundle } = await readAccess(
    storedDatabase({ tlsPorts: [9041] }),
    fakeCluster({ objects: databaseObjects(certPem) }),
  );
  expect(snippets.map(({ id }) => id)).not.toContain('java-scylla');
  expect(bundle.files.map(({ path }) => path)).not.toContain(
    'java-scylla/pom.xml',
  );
  expect(snippets.map(({ id }) => id)).toContain('java');
});

it('puts connection and CA into the manifests for Kubernetes as they are', () => {
  const [configMap, deployment] = parseAllDocuments(
    text('kubernetes/client.yaml'),
  ).map(document => document.toJS());
  expect(configMap.data).toEqual({
    'connection.json': text('connection.json'),
    'ca.crt': access.ca.pem,
  });
  const { initContainers, volumes } = deployment.spec.template.spec;
  expect(volumes[0].configMap.name).toBe(configMap.metadata.name);
  expect(initContainers).toEqual([
    expect.objectContaining({ restartPolicy: 'Always' }),
  ]);
  expect(text('README.md')).toContain(
    `kubectl create secret generic ${volumes[1].secret.secretName} --from-file=password=/dev/stdin`,
  );
});

it('gives the program of Docker Compose the network of the proxy', () => {
  const { services, secrets } = parse(text('docker-compose/compose.yaml'));
  expect(services.app.network_mode).toBe('service:ringfence-connect');
  expect(services['ringfence-connect'].ports).toBeUndefined();
  expect(secrets).toEqual({ password: { environment: 'CASSANDRA_PASSWORD' } });
  // Compose itself replaces what has a single $.
  expect(services.app.command[2].replace(/\$\$/g, '')).not.toContain('$');
});

it.each(['haproxy/haproxy.cfg', 'stunnel/stunnel.conf', 'envoy/envoy.yaml'])(
  'lets only programs of the same machine into %s',
  path => {
    const addresses = text(path).match(/\d+(\.\d+){3}/g);
    expect(new Set(addresses)).toEqual(new Set(['127.0.0.1', '203.0.113.11']));
  },
);

it.each([
  '-k',
  'rejectUnauthorized: false',
  'InsecureSkipVerify',
  'CERT_NONE',
  'validate = false',
])('has nothing in it that turns verification off: %s', words => {
  for (const content of Object.values(files)) {
    expect(strFromU8(content)).not.toContain(
      words === '-k' ? 'curl -k' : words,
    );
  }
});

/** Whether a tool is on this machine. */
const describeWith = (tool: string) =>
  isThere('unzip') && isThere(tool) ? describe : describe.skip;

describe('unpacked', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundle-'));
    const zip = join(folder, 'bundle.zip');
    await writeFile(zip, await makeBundle(access));
    if (isThere('unzip')) execFileSync('unzip', ['-q', zip, '-d', folder]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const run = (tool: string, ...args: string[]) =>
    execFileSync(tool, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });

  describeWith('python3')('for Python', () => {
    it.each(['python/example.py', 'python-scylla/example.py'])(
      'has Python in %s',
      path => {
        const program = 'import ast, sys; ast.parse(open(sys.argv[1]).read())';
        expect(run('python3', '-c', program, path)).toBe('');
      },
    );
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
    it.each(['cqlsh/cqlsh.sh', 'cqlsh/scylla-cqlsh.sh'])(
      'has %s, which a shell takes and may run',
      async path => {
        expect(run('sh', '-n', path)).toBe('');
        const { mode } = await stat(join(folder, path));
        expect((mode % 0o1000).toString(8)).toBe('755');
      },
    );

    it('has files that all may read', async () => {
      const { mode } = await stat(join(folder, 'ca.crt'));
      expect((mode % 0o1000).toString(8)).toBe('644');
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
