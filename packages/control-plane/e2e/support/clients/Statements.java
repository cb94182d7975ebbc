import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs the statements of a file, one a line, with the bundle's application.conf. */
public final class Statements {
  public static void main(String[] arguments) throws Exception {
    try (CqlSession session = CqlSession.builder().build()) {
      ResultSet result = null;
      for (String statement : Files.readAllLines(Path.of(System.getenv("STATEMENTS")))) {
        result = session.execute(statement);
      }
      System.out.println(result.one().getString("name"));
    }
  }
}
