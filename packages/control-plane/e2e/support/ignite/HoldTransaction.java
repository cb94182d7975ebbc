import org.apache.ignite.Ignition;
import org.apache.ignite.cache.CacheAtomicityMode;
import org.apache.ignite.client.ClientCache;
import org.apache.ignite.client.ClientCacheConfiguration;
import org.apache.ignite.client.ClientTransaction;
import org.apache.ignite.client.IgniteClient;
import org.apache.ignite.configuration.ClientConfiguration;

/** Holds a transaction open until its input ends, as a client that was forgotten does. */
public final class HoldTransaction {
  public static void main(String[] arguments) throws Exception {
    ClientConfiguration configuration =
        new ClientConfiguration()
            .setAddresses(arguments[0])
            .setUserName(arguments[1])
            .setUserPassword(System.getenv("IGNITE_PASSWORD"))
            .setClusterDiscoveryEnabled(false);
    try (IgniteClient client = Ignition.startClient(configuration)) {
      ClientCache<Integer, String> cache =
          client.getOrCreateCache(
              new ClientCacheConfiguration()
                  .setName("held")
                  .setAtomicityMode(CacheAtomicityMode.TRANSACTIONAL)
                  .setBackups(1));
      try (ClientTransaction transaction = client.transactions().txStart()) {
        cache.put(1, "held");
        System.out.println("held");
        while (System.in.read() >= 0) {}
        transaction.rollback();
      }
      client.destroyCache("held");
    }
  }
}
