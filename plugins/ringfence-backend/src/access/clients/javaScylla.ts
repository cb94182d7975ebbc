import { CQL_PORT, PASSWORD_VARIABLE, type Client } from './Client';
import type { ClientValues } from './Client';
import { contactPoints, EXAMPLE, keystoreLines, pom } from './java';
import { commentText, stringLiteral } from './quote';
import { STORE_PASSWORD } from '../pkcs12';
import { TRUSTSTORE_FILE } from '../truststore';

/** In a package: the driver looks for a class without one among its own alone. */
const PACKAGE = 'ringfence';
const TRANSLATOR = 'NodeTranslator';

const nodeTranslator = ({
  nodes,
  host,
  port,
}: ClientValues) => `package ${PACKAGE};

import com.datastax.oss.driver.api.core.addresstranslation.AddressTranslator;
import com.datastax.oss.driver.api.core.context.DriverContext;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * The nodes tell their own addresses, which cannot be reached: each leads to its node's name at
 * the gateway. A node whose pod was replaced has another address: it is reached by the shared
 * name until the bundle is downloaded again.
 */
public final class ${TRANSLATOR} implements AddressTranslator {
  private static final int PORT = ${port};
  private static final String GATEWAY = ${stringLiteral(host)};
  private static final Map<String, String> NAMES =
      Map.ofEntries(
${nodes
  .filter(({ address }) => address)
  .map(
    ({ address, serverName }) =>
      `          Map.entry(${stringLiteral(address!)}, ${stringLiteral(
        serverName,
      )})`,
  )
  .join(',\n')});

  public ${TRANSLATOR}(DriverContext context) {}

  @Override
  public InetSocketAddress translate(InetSocketAddress address) {
    String name = NAMES.getOrDefault(address.getAddress().getHostAddress(), GATEWAY);
    // Unresolved: the driver would take nodes of one address, the gateway's, for one node.
    return InetSocketAddress.createUnresolved(name, PORT);
  }

  @Override
  public void close() {}
}
`;

const shared = (
  values: ClientValues,
) => `# For FixedHostNameAddressTranslator, which keeps the nodes' own port: ${CQL_PORT}.
ringfence-host = ${stringLiteral(values.host)}

datastax-java-driver {
  basic.contact-points = [ \${ringfence-host}":${CQL_PORT}" ]
  # The nodes tell their own addresses, which are not dialled: all lead to the database's one name.
  advanced.address-translator {
    class = FixedHostNameAddressTranslator
    advertised-hostname = \${ringfence-host}
  }`;

const perNode = (values: ClientValues) => `
datastax-java-driver {
  basic.contact-points = [ ${contactPoints(values)} ]
  # Names tell the nodes apart: all have the gateway's address.
  advanced.resolve-contact-points = false
  # In src/main/java: leads each node's own address to its name at the gateway.
  advanced.address-translator.class = ${PACKAGE}.${TRANSLATOR}`;

const configuration = (values: ClientValues) => {
  return `# Database "${commentText(
    values.database,
  )}". The password is taken from ${PASSWORD_VARIABLE}.
# The folder of the bundle, seen from where the program runs.
ringfence-bundle = ".."
ringfence-bundle = \${?RINGFENCE_BUNDLE}
${values.nodes.length > 0 ? perNode(values) : shared(values)}
  basic.load-balancing-policy.local-datacenter = ${stringLiteral(
    values.datacenter,
  )}
  # A change of the schema waits for every node.
  basic.request.timeout = 10 seconds
  # There is one port for all shards: the nodes' port for connections to a
  # given one cannot be reached through it.
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
    truststore-password = ${stringLiteral(STORE_PASSWORD)}${keystoreLines(
    values,
  )}
  }
}
`;
};

/** ScyllaDB's fork of the Java driver, which lacks what the Apache one translates subnets with. */
export const javaScylla: Client = {
  id: 'java-scylla',
  title: 'Java (ScyllaDB)',
  language: 'hocon',
  note: `For com.scylladb:java-driver-core. It keeps the nodes' port, so it dials the database on ${CQL_PORT}, with TLS.`,
  run: () => ['cd java-scylla', 'mvn -q compile exec:java'],
  isPerNode: true,
  isServed: ({ hasCqlPort, nodes }) => hasCqlPort || nodes.length > 0,
  files: values => [
    {
      path: 'java-scylla/src/main/resources/application.conf',
      description: "The driver's configuration: no code is needed to connect",
      text: configuration(values),
    },
    ...(values.nodes.length > 0
      ? [
          {
            path: `java-scylla/src/main/java/${PACKAGE}/${TRANSLATOR}.java`,
            description: "Leads each node's own address to its name",
            text: nodeTranslator(values),
          },
        ]
      : []),
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
