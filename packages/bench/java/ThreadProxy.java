import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * The plain way to write a TLS proxy: two threads a connection, each with a
 * buffer of 8 kB. Arguments: local port, host, port, name to verify, CA file.
 */
public final class ThreadProxy {
  private static final int BUFFER_BYTES = 8 * 1024;

  public static void main(String[] args) throws Exception {
    int localPort = Integer.parseInt(args[0]);
    SSLSocketFactory factory = trusting(Path.of(args[4]));
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    try (ServerSocket server = new ServerSocket(localPort, 1024, loopback)) {
      while (true) {
        Socket client = server.accept();
        new Thread(() -> serve(client, factory, args)).start();
      }
    }
  }

  private static SSLSocketFactory trusting(Path caFile) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(caFile)) {
      int number = 0;
      for (Certificate ca : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("ca-" + number++, ca);
      }
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context.getSocketFactory();
  }

  private static void serve(Socket client, SSLSocketFactory factory, String[] args) {
    try (client;
        Socket plain = new Socket(args[1], Integer.parseInt(args[2]));
        SSLSocket upstream = (SSLSocket) factory.createSocket(plain, args[3], plain.getPort(), true)) {
      client.setTcpNoDelay(true);
      plain.setTcpNoDelay(true);
      SSLParameters parameters = upstream.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      upstream.setSSLParameters(parameters);
      upstream.startHandshake();
      Thread back = new Thread(() -> copy(upstream, client));
      back.start();
      copy(client, upstream);
      back.join();
    } catch (IOException | InterruptedException error) {
      // One of the two went away.
    }
  }

  private static void copy(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
      to.shutdownOutput();
    } catch (IOException error) {
      // One of the two went away.
    }
  }
}
