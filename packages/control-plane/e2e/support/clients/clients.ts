import { readFileSync } from 'node:fs';
import {
  GO_MOD_FILE,
  POM_FILE,
  PYTHON_VERSIONS,
  SCYLLA_POM_FILE,
} from './drivers';
import { RUST_VERSION } from './rust';

/** What a client says where it refuses. */
interface Refusals {
  readonly wrongCa: RegExp;
  readonly wrongName: RegExp;
}

/**
 * A client as the bundle serves it. Commands are the shell's, run in the
 * bundle's folder: `$DRIVERS` is the folder of fetched drivers, `$RUST_DRIVER`
 * that of Rust's, `$SUPPORT` the
 * one of this file, `$STATEMENTS` a file of CQL, one statement a line.
 */
export interface BundledClient {
  readonly name: string;
  readonly version: string;
  /** Once: what must be compiled or resolved, besides the drivers. */
  readonly setup: string;
  /** The bundle's own example; prints the version that answers. */
  readonly example: string;
  /** Runs `$STATEMENTS` over the same connection, and prints the column `name` of the last. */
  readonly statements: string;
  readonly refusals: Refusals;
  /** Whether one process of it stays and can repeat a statement. */
  readonly isLongLived?: boolean;
  /** Whether it reaches nodes by their names, where they have any. */
  readonly isPerNode?: boolean;
  /** Whether the driver of Rust must be fetched for it. */
  readonly isRust?: boolean;
}

/** For what runs as it is. */
const NOTHING = ':';

const PYTHON_REFUSALS: Refusals = {
  wrongCa: /certificate verify failed: unable to get local issuer certificate/,
  wrongName: /certificate verify failed: (IP address|Hostname) mismatch/,
};

const versionIn = (file: string, pattern: RegExp): string =>
  pattern.exec(readFileSync(file, 'utf8'))![1];

const python: BundledClient = {
  isLongLived: true,
  isPerNode: true,
  name: 'Python (cassandra-driver)',
  version: PYTHON_VERSIONS['cassandra-driver'],
  setup: NOTHING,
  example: 'PYTHONPATH=$DRIVERS/python python3 python/example.py',
  statements:
    'PYTHONPATH=$DRIVERS/python:python python3 "$SUPPORT/statements.py"',
  refusals: PYTHON_REFUSALS,
};

const node: BundledClient = {
  isLongLived: true,
  name: 'Node (cassandra-driver)',
  version: require('cassandra-driver/package.json').version,
  setup: NOTHING,
  example: 'node node/example.js',
  statements: 'node --require "$SUPPORT/statements.js" node/example.js',
  refusals: {
    wrongCa: /UNABLE_TO_VERIFY_LEAF_SIGNATURE/,
    wrongName: /ERR_TLS_CERT_ALTNAME_INVALID/,
  },
};

const go: BundledClient = {
  isLongLived: true,
  isPerNode: true,
  name: 'Go (gocql)',
  version: versionIn(GO_MOD_FILE, /gocql-driver\/v2 v(\S+)/),
  setup: 'cd go && go mod tidy && cp "$SUPPORT/statements_test.go" .',
  example: 'cd go && go run .',
  statements: 'cd go && go test -count=1 -v .',
  refusals: {
    wrongCa: /x509: certificate signed by unknown authority/,
    wrongName:
      /x509: (certificate is valid for|cannot validate certificate for)/,
  },
};

/** @param folder - of the bundle, and of the fetched driver */
function javaClient(
  name: string,
  folder: string,
  pomFile: string,
): BundledClient {
  const drivers = `$DRIVERS/${folder}/*`;
  const classes = `classes-${folder}`;
  const java = `RINGFENCE_BUNDLE=. java -cp "${folder}/src/main/resources:${classes}:${drivers}"`;
  return {
    name,
    isLongLived: true,
    isPerNode: true,
    version: versionIn(
      pomFile,
      /java-driver-core<\/artifactId>\s*<version>([^<]+)/,
    ),
    setup: `javac --release 11 -d ${classes} -cp "${drivers}" \
      $(find ${folder}/src/main/java -name "*.java") "$SUPPORT/Statements.java"`,
    example: `${java} Example`,
    statements: `${java} Statements`,
    refusals: {
      wrongCa: /PKIX path (validation|building) failed/,
      wrongName: /No (subject alternative names matching|name matching)/,
    },
  };
}

const java = javaClient('Java (Apache driver)', 'java', POM_FILE);
const javaScylla = javaClient(
  'ScyllaDB driver for Java',
  'java-scylla',
  SCYLLA_POM_FILE,
);

const pythonScylla: BundledClient = {
  isLongLived: true,
  isPerNode: true,
  name: 'ScyllaDB driver for Python',
  version: PYTHON_VERSIONS['scylla-driver'],
  setup: NOTHING,
  example: 'PYTHONPATH=$DRIVERS/scylla python3 python-scylla/example.py',
  statements:
    'PYTHONPATH=$DRIVERS/scylla:python-scylla python3 "$SUPPORT/statements.py"',
  refusals: PYTHON_REFUSALS,
};

const rust: BundledClient = {
  isLongLived: true,
  name: 'Rust (scylla)',
  version: RUST_VERSION,
  isRust: true,
  // The versions that were fetched. Compiling them takes a minute or two, once.
  setup: `cd rust && cp "$RUST_DRIVER/example/Cargo.lock" . && mkdir examples &&
    cp "$SUPPORT/statements.rs" examples && cargo build --quiet --examples`,
  example: 'cd rust && cargo run --quiet',
  statements: 'cd rust && cargo run --quiet --example statements',
  refusals: {
    wrongCa: /InvalidCertificate\((UnknownIssuer|BadSignature)\)/,
    wrongName: /InvalidCertificate\(NotValidForName/,
  },
};

const SELECT_VERSION = "'SELECT release_version FROM system.local'";

const throughConnect =
  'PYTHONPATH=$DRIVERS/python CQLSH=$DRIVERS/python/bin/cqlsh sh cqlsh/cqlsh.sh';

/** It verifies nothing itself: ringfence-connect, which the script starts, does. */
const cqlsh: BundledClient = {
  name: 'cqlsh, through ringfence-connect',
  version: PYTHON_VERSIONS.cqlsh,
  setup: NOTHING,
  example: `${throughConnect} -e ${SELECT_VERSION}`,
  statements: `${throughConnect} -f "$STATEMENTS"`,
  refusals: {
    wrongCa: /was not issued by the CA to trust/,
    wrongName: /is for impostor\.example\.com, not for/,
  },
};

const byItself =
  'PYTHONPATH=$DRIVERS/scylla CQLSH=$DRIVERS/scylla/bin/cqlsh sh cqlsh/scylla-cqlsh.sh';

const scyllaCqlsh: BundledClient = {
  name: 'scylla-cqlsh',
  version: PYTHON_VERSIONS['scylla-cqlsh'],
  setup: NOTHING,
  example: `${byItself} -e ${SELECT_VERSION}`,
  statements: `${byItself} -f "$STATEMENTS"`,
  refusals: PYTHON_REFUSALS,
};

/** Every client that a bundle serves. */
const bundledClients: readonly BundledClient[] = [
  cqlsh,
  scyllaCqlsh,
  java,
  javaScylla,
  python,
  pythonScylla,
  node,
  go,
  rust,
];

/**
 * The clients to test.
 *
 * @param wanted - how their names begin, separated by commas @defaultValue all of them
 * @throws where no client's name begins so
 */
export function chooseClients(wanted?: string): readonly BundledClient[] {
  if (!wanted) return bundledClients;
  return wanted.split(',').map(start => {
    const found = bundledClients.find(({ name }) => name.startsWith(start));
    if (found) return found;
    const names = bundledClients.map(({ name }) => `"${name}"`).join(', ');
    throw new Error(`No client is called "${start}". There are: ${names}`);
  });
}
