package org.lockex.e2e;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.lockex.fixture.Authority;

/**
 * Servers as they were released, on the Java that runs the tests. The build puts the jars of some
 * releases into target/servers, and src/bench/servers those of others; the libraries that a server
 * needs are those of the tests.
 */
final class ZooKeeperRelease {
  /** It is too old for everything. */
  static final String TOO_OLD = "3.4.14";

  /** The oldest line that lockex and lockexctl work with. */
  static final String OLDEST = "3.5.10";

  /** The line of our own client. */
  static final String NEWEST = org.apache.zookeeper.Version.getVersion();

  private static final Path SERVERS = Path.of("target/servers").toAbsolutePath();

  private ZooKeeperRelease() {}

  static DebianZooKeeper start(String version) {
    return start(version, "");
  }

  /** One with more lines in its zoo.cfg. */
  static DebianZooKeeper start(String version, String configuration) {
    return start(version, configuration, Map.of());
  }

  /** The same with more in its environment. */
  static DebianZooKeeper start(
      String version, String configuration, Map<String, String> environment) {
    return new DebianZooKeeper(2000, environment, configuration, classPath(version));
  }

  static DebianZooKeeper startWithTls(
      String version, Authority.Signed own, Path clients, String wanted) {
    return DebianZooKeeper.withTls(classPath(version), 2000, own, clients, wanted, "TLSv1.3");
  }

  private static String classPath(String version) {
    Path jars = SERVERS.resolve(version);
    if (!Files.isDirectory(jars)) {
      throw new AssertionError(jars + " is missing: mvn pre-integration-test makes it");
    }
    return jars
        + "/*:"
        + Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.endsWith(".jar"))
            .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("zookeeper"))
            .collect(Collectors.joining(File.pathSeparator));
  }
}
