import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { manifestOf } from './__fixtures__/stages';
import { settingsFiles } from './settings';

/** As images of these lines have it, in short. */
const IMAGE_YAML: Record<string, string> = {
  '4.1': `cluster_name: 'Test Cluster'
num_tokens: 16
authenticator: AllowAllAuthenticator
# CassandraAuthorizer stores permissions in system_auth.
authorizer: AllowAllAuthorizer
role_manager: CassandraRoleManager
disk_failure_policy: stop
# broadcast_address: 1.2.3.4
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters:
      - seeds: "127.0.0.1:7000"
`,
  '5.0': `cluster_name: 'Test Cluster'
num_tokens: 16
authenticator:
  class_name : AllowAllAuthenticator
# MutualTlsAuthenticator can be configured with parameters.
#  parameters:
#    validator_class_name: SpiffeCertificateValidator
authorizer:
  class_name : AllowAllAuthorizer
  parameters:
    - some: thing
role_manager:
  class_name: CassandraRoleManager
disk_failure_policy: stop
# broadcast_address: 1.2.3.4
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters:
      - seeds: "127.0.0.1:7000"
`,
};

describe('the settings', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ringfence-settings-'));
    for (const folder of ['etc/cassandra', 'settings', 'work']) {
      mkdirSync(join(root, folder), { recursive: true });
    }
    for (const [name, text] of Object.entries(settingsFiles)) {
      writeFileSync(join(root, 'settings', name), text);
    }
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** Runs the init container's script on folders of this machine. */
  function run(imageYaml: string): string {
    writeFileSync(join(root, 'etc/cassandra/cassandra.yaml'), imageYaml);
    writeFileSync(join(root, 'etc/cassandra/logback.xml'), "the image's");
    writeFileSync(join(root, 'etc/cassandra/jvm-server.options'), '-ea');
    const [init] = manifestOf('StatefulSet').spec.template.spec.initContainers;
    const [shell, flag, script] = init.command as string[];
    const here = script.replace(
      /\/(etc\/cassandra|settings|work)\b/g,
      `${root}/$1`,
    );
    execFileSync(shell, [flag, here]);
    return readFileSync(join(root, 'work/cassandra.yaml'), 'utf8');
  }

  it.each(Object.keys(IMAGE_YAML))(
    'ask for passwords and rights, and keep the rest as the image of %s has it',
    line => {
      const written = run(IMAGE_YAML[line]);
      expect(parse(written)).toEqual({
        cluster_name: 'Test Cluster',
        num_tokens: 16,
        authenticator: 'PasswordAuthenticator',
        authorizer: 'CassandraAuthorizer',
        role_manager: 'CassandraRoleManager',
        disk_failure_policy: 'stop',
        seed_provider: expect.any(Array),
      });
      // The image's start-up script looks for these lines.
      expect(written).toContain('\n# broadcast_address: ');
      expect(written).toContain('- seeds: ');
    },
  );

  it("log to the container's output, and leave the image's other files", () => {
    run(IMAGE_YAML['5.0']);
    const at = (name: string) => readFileSync(join(root, 'work', name), 'utf8');
    expect(at('logback.xml')).toBe(settingsFiles['logback.xml']);
    expect(at('jvm-server.options')).toBe('-ea');
  });
});
