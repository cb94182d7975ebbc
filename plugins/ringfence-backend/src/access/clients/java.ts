import { isIPv6 } from 'node:net';
import { hostPort } from '@ringfence/connection/dial';
import { PASSWORD_VARIABLE, type Client, type ClientValues } from './Client';
import { commentText, stringLiteral } from './quote';
import { STORE_PASSWORD } from '../pkcs12';
import { TRUSTSTORE_FILE } from '../truststore';

/** To which name each address of a node leads. */
function subnetLines({ nodes, nodeSubnets, host, port }: ClientValues): string {
  const lines =
    nodes.length > 0
      ? nodes.flatMap(({ address, serverName }) =>
          address ? [[blockOf(address), serverName]] : [],
        )
      : nodeSubnets.map(subnet => [subnet, host]);
  return lines
    .map(
      ([subnet, name]) =>
        `      ${stringLiteral(subnet)} = ${stringLiteral(
          hostPort(name, port),
        )}\n`,
    )
    .join('');
}

/** The CIDR block of one address. */
function blockOf(address: string): string {
  return isIPv6(address) ? `${address}/128` : `${address}/32`;
}

/** Where to begin: with names of nodes, each of them, since what answers there is that node. */
export function contactPoints({ nodes, host, port }: ClientValues): string {
  const hosts =
    nodes.length > 0 ? nodes.map(({ serverName }) => serverName) : [host];
  return hosts.map(name => stringLiteral(hostPort(name, port))).join(', ');
}

/** What the client shows of itself, where it has a certificate. */
export function keystoreLines({ certificate }: ClientValues): string {
  if (!certificate) return '';
  return `
    # What this client shows of itself: whoever can read the file can do so, too.
    keystore-path = \${ringfence-bundle}"/${certificate.keystore}"
    # Not a secret: the file's mode alone protects the key.
    keystore-password = ${stringLiteral(STORE_PASSWORD)}`;
}

const SHARED = `The nodes tell their own addresses, which are not dialled: all lead to the database's one name.`;
const PER_NODE = `The nodes tell their own addresses, which cannot be reached: each leads to its
  # node's name at the gateway, so that a query goes to the replica that the driver chose.
  # A node whose pod was replaced has another address: it is reached by the shared
  # name until the bundle is downloaded again.`;

function configuration(values: ClientValues): string {
  const gateway = stringLiteral(hostPort(values.host, values.port));
  return `# Database "${commentText(
    values.database,
  )}". The password is taken from ${PASSWORD_VARIABLE}.
# The folder of the bundle, seen from where the program runs.
ringfence-bundle = ".."
ringfence-bundle = \${?RINGFENCE_BUNDLE}

datastax-java-driver {
  basic.contact-points = [ ${contactPoints(values)} ]
  basic.load-balancing-policy.local-datacenter = ${stringLiteral(
    values.datacenter,
  )}
  # A change of the schema waits for every node.
  basic.request.timeout = 10 seconds
  # Addresses below are host names; contact points must be of the same kind.
  advanced.resolve-contact-points = false
  # ${values.nodes.length > 0 ? PER_NODE : SHARED}
  advanced.address-translator {
    class = SubnetAddressTranslator
    subnet-addresses {
${subnetLines(values)}    }
    default-address = ${gateway}
  }
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
}

/** A program that connects with nothing but its `application.conf`. */
export const EXAMPLE = `import com.datastax.oss.driver.api.core.CqlSession;

/** Everything that it takes to connect is in application.conf. */
public final class Example {
  public static void main(String[] arguments) {
    try (CqlSession session = CqlSession.builder().build()) {
      var row = session.execute("SELECT cluster_name, release_version FROM system.local").one();
      System.out.printf(
          "Connected to %s, version %s%n",
          row.getString("cluster_name"), row.getString("release_version"));
    }
  }
}
`;

/** Runs the example with a driver; both kinds of it have the same name. */
export const pom = (
  groupId: string,
  version: string,
) => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId>
  <artifactId>ringfence-example</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
    <exec.mainClass>Example</exec.mainClass>
  </properties>
  <dependencies>
    <dependency>
      <groupId>${groupId}</groupId>
      <artifactId>java-driver-core</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.codehaus.mojo</groupId>
        <artifactId>exec-maven-plugin</artifactId>
        <version>3.5.0</version>
      </plugin>
    </plugins>
  </build>
</project>
`;

/** The Java driver: configuration does it all, no code. */
export const java: Client = {
  id: 'java',
  title: 'Java',
  language: 'hocon',
  note: 'Needs org.apache.cassandra:java-driver-core 4.19 or later, for SubnetAddressTranslator; the file goes into src/main/resources.',
  isPerNode: true,
  run: () => ['cd java', 'mvn -q compile exec:java'],
  files: values => [
    {
      path: 'java/src/main/resources/application.conf',
      description: "The driver's configuration: no code is needed to connect",
      text: configuration(values),
    },
    {
      path: 'java/src/main/java/Example.java',
      description: 'Connects and prints the version',
      text: EXAMPLE,
    },
    {
      path: 'java/pom.xml',
      description: 'Runs the example with Maven',
      text: pom('org.apache.cassandra', '4.19.3'),
    },
  ],
};
