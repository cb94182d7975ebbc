import { hostPort } from '@ringfence/connection/dial';
import { STORE_PASSWORD } from '../../pkcs12';
import { TRUSTSTORE_FILE } from '../../truststore';
import { type Client, type ClientValues } from '../Client';
import { stringLiteral } from '../quote';

const loginLines = ({ username }: ClientValues) =>
  username
    ? `
            .setUserName(${stringLiteral(username)})
            .setUserPassword(password())`
    : '';

const passwordMethod = ({ username, passwordVariable }: ClientValues) =>
  username
    ? `
  private static String password() {
    String password = System.getenv("${passwordVariable}");
    if (password == null) throw new IllegalStateException("Set ${passwordVariable}");
    return password;
  }
`
    : '';

/** What the client shows of itself, where it has a certificate. */
const identityLines = ({ certificate }: ClientValues) =>
  certificate
    ? `
      // What this client shows of itself: whoever can read the file can do so, too.
      KeyManagerFactory shown =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      shown.init(store(bundle, ${stringLiteral(
        certificate.keystore,
      )}), STORE_PASSWORD);`
    : '';

const example = (values: ClientValues) => `import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;${
  values.certificate
    ? `
import javax.net.ssl.KeyManagerFactory;`
    : ''
}
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.apache.ignite.Ignition;
import org.apache.ignite.client.IgniteClient;
import org.apache.ignite.client.SslMode;
import org.apache.ignite.configuration.ClientConfiguration;

/** Connects and prints the state and the caches. */
public final class Example {
  private static final String GATEWAY = ${stringLiteral(
    hostPort(values.host, values.port),
  )};
  private static final String SERVER_NAME = ${stringLiteral(values.serverName)};
  private static final int PORT = ${values.port};
  /** Not a secret: it is the same in every bundle. */
  private static final char[] STORE_PASSWORD = ${stringLiteral(
    STORE_PASSWORD,
  )}.toCharArray();

  public static void main(String[] arguments) {
    // The folder of the bundle, seen from where the program runs.
    String bundle = System.getenv().getOrDefault("RINGFENCE_BUNDLE", "..");
    ClientConfiguration configuration =
        new ClientConfiguration()
            .setAddresses(GATEWAY)${loginLines(values)}
            .setSslMode(SslMode.REQUIRED)
            .setSslContextFactory(() -> VerifiedTls.context(Path.of(bundle)))
            // The nodes' own addresses are not dialled: the gateway picks the node.
            .setClusterDiscoveryEnabled(false)
            .setPartitionAwarenessEnabled(false);
    try (IgniteClient client = Ignition.startClient(configuration)) {
      System.out.printf(
          "Connected, %s, caches: %s%n", client.cluster().state(), client.cacheNames());
    }
  }
${passwordMethod(values)}
  /**
   * Tells the database's name and verifies it. Without this the client would do neither: any
   * certificate of the CA would do, whoever shows it.
   */
  private static final class VerifiedTls extends SSLContextSpi {
    private final SSLContext verifying;

    private VerifiedTls(SSLContext verifying) {
      this.verifying = verifying;
    }

    static SSLContext context(Path bundle) {
      try {
        SSLContext verifying = chainVerifying(bundle);
        return new SSLContext(new VerifiedTls(verifying), verifying.getProvider(), "TLS") {};
      } catch (GeneralSecurityException | IOException e) {
        throw new IllegalStateException("The files of the bundle cannot be read", e);
      }
    }

    private static SSLContext chainVerifying(Path bundle)
        throws GeneralSecurityException, IOException {
      // This CA alone, not those of the Java installation.
      TrustManagerFactory trusted =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trusted.init(store(bundle, ${stringLiteral(
        TRUSTSTORE_FILE,
      )}));${identityLines(values)}
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(${
        values.certificate ? 'shown.getKeyManagers()' : 'null'
      }, trusted.getTrustManagers(), null);
      return context;
    }

    private static KeyStore store(Path bundle, String file)
        throws GeneralSecurityException, IOException {
      return KeyStore.getInstance(bundle.resolve(file).toFile(), STORE_PASSWORD);
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      SSLEngine engine = verifying.createSSLEngine(SERVER_NAME, PORT);
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      engine.setSSLParameters(parameters);
      return engine;
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return engineCreateSSLEngine();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return verifying.getClientSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return verifying.getServerSessionContext();
    }

    // Sockets would not verify the name: the client takes engines alone.
    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trusted, SecureRandom random) {
      throw new UnsupportedOperationException();
    }
  }
}
`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId>
  <artifactId>ringfence-example</artifactId>
  <version>1</version>
  <properties>
    <!-- Maven 3.8 knows these two, not maven.compiler.release. -->
    <maven.compiler.source>11</maven.compiler.source>
    <maven.compiler.target>11</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>org.apache.ignite</groupId>
      <artifactId>ignite-core</artifactId>
      <version>2.17.0</version>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.codehaus.mojo</groupId>
        <artifactId>exec-maven-plugin</artifactId>
        <version>3.5.0</version>
        <configuration>
          <executable>java</executable>
          <arguments>
            <!-- Ignite reaches into Java's buffers: programs of your own need it, too. -->
            <argument>--add-opens=java.base/java.nio=ALL-UNNAMED</argument>
            <argument>-classpath</argument>
            <classpath />
            <argument>Example</argument>
          </arguments>
        </configuration>
      </plugin>
    </plugins>
  </build>
</project>
`;

/** Ignite's thin client for Java, with a context that verifies the name for it. */
export const java: Client = {
  id: 'java',
  title: 'Java',
  language: 'java',
  note: 'By itself this client verifies no name and tells none: leave VerifiedTls in.',
  run: () => ['cd java', 'mvn -q compile exec:exec'],
  files: values => [
    {
      path: 'java/src/main/java/Example.java',
      description: 'Connects and prints the state and the caches',
      text: example(values),
    },
    {
      path: 'java/pom.xml',
      description: 'Runs the example with Maven',
      text: POM,
    },
  ],
};
