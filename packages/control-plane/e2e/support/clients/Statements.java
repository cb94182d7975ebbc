import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs the statements of a file, one a line, with the bundle's application.conf.
 *
 * <p>{@code REPEAT file statement} runs one until that file is there, and says how each went.
 * {@code TRACED count statement} runs one that is prepared for 1 to count, each traced.
 */
public final class Statements {
  public static void main(String[] arguments) throws Exception {
    try (CqlSession session = CqlSession.builder().build()) {
      ResultSet result = null;
      for (String line : Files.readAllLines(Path.of(System.getenv("STATEMENTS")))) {
        String[] words = line.split(" ", 3);
        if (words[0].equals("REPEAT")) {
          repeat(session, Path.of(words[1]), words[2]);
        } else if (words[0].equals("TRACED")) {
          traced(session, Integer.parseInt(words[1]), words[2]);
        } else {
          result = session.execute(line);
        }
      }
      if (result != null) {
        System.out.println(result.one().getString("name"));
      }
    }
  }

  private static void repeat(CqlSession session, Path stop, String statement) throws Exception {
    while (!Files.exists(stop)) {
      try {
        session.execute(statement);
        System.out.println("ok");
      } catch (RuntimeException error) {
        System.out.println("failed " + error);
      }
      Thread.sleep(100);
    }
  }

  private static void traced(CqlSession session, int count, String statement) {
    PreparedStatement prepared = session.prepare(statement);
    for (int key = 1; key <= count; key++) {
      session.execute(prepared.bind(key).setTracing(true));
    }
  }
}
