import { CQL_PORT, PASSWORD_VARIABLE, type Client } from './Client';
import type { ClientValues } from './Client';
import { EXAMPLE, pom } from './java';
import { commentText, stringLiteral } from './quote';
import { STORE_PASSWORD } from '../pkcs12';
import { TRUSTSTORE_FILE } from '../truststore';

const configuration = (values: ClientValues) => {
  const host = stringLiteral(values.host);
  return `# Database "${commentText(
    values.database,
  )}". The password is taken from ${PASSWORD_VARIABLE}.
# The folder of the bundle, seen from where the program runs.
ringfence-bundle = ".."
ringfence-bundle = \${?RINGFENCE_BUNDLE}
# For FixedHostNameAddressTranslator, which keeps the nodes' own port: ${CQL_PORT}.
gateway = ${host}

datastax-java-driver {
  basic.contact-points = [ \${gateway}":${CQL_PORT}" ]
  basic.load-balancing-policy.local-datacenter = ${stringLiteral(
    values.datacenter,
  )}
  # A change of the schema waits for every node.
  basic.request.timeout = 10 seconds
  # The nodes tell their own addresses, which cannot be reached: all lead to the gateway.
  advanced.address-translator {
    class = FixedHostNameAddressTranslator
    advertised-hostname = \${gateway}
  }
  # The gateway has one port for all shards and picks the node itself: a
  # connection to a given shard cannot be had through it.
  advanced.connection.advanced-shard-awareness.enabled = false
  advanced.auth-provider {
    class = PlainTextAuthProvider
    username = ${stringLiteral(values.username)}
    password = \${${PASSWORD_VARIABLE}}
  }
  advanced.ssl-engine-factory {
    class = DefaultSslEngineFactory
    # Without it any certificate of this CA would do, whoever shows it.
    hostname-validation = true
    # This CA alone, not those of the Java installation.
    truststore-path = \${ringfence-bundle}"/${TRUSTSTORE_FILE}"
    # Not a secret: the store holds a public certificate.
    truststore-password = ${stringLiteral(STORE_PASSWORD)}
  }
}
`;
};

/** ScyllaDB's fork of the Java driver, which lacks what the Apache one translates subnets with. */
export const javaScylla: Client = {
  id: 'java-scylla',
  title: 'Java (ScyllaDB)',
  language: 'hocon',
  note: `For com.scylladb:java-driver-core. It keeps the nodes' port, so it dials the gateway on ${CQL_PORT}, with TLS.`,
  run: () => ['cd java-scylla', 'mvn -q compile exec:java'],
  isServed: ({ hasCqlPort }) => hasCqlPort,
  files: values => [
    {
      path: 'java-scylla/src/main/resources/application.conf',
      description: "The driver's configuration: no code is needed to connect",
      text: configuration(values),
    },
    {
      path: 'java-scylla/src/main/java/Example.java',
      description: 'Connects and prints the version',
      text: EXAMPLE,
    },
    {
      path: 'java-scylla/pom.xml',
      description: 'Runs the example with Maven',
      text: pom('com.scylladb', '4.18.0.1'),
    },
  ],
};
