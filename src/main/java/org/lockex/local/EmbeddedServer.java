package org.lockex.local;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.auth.ProviderRegistry;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;
import org.apache.zookeeper.util.ServiceUtils;
import org.lockex.lock.session.OwnName;

/** A durable ZooKeeper inside this process, on loopback only, for those who know the secret. */
final class EmbeddedServer implements AutoCloseable {
  /** Short ticks: a session of 2 s is 4 of them. */
  private static final int TICK_MILLIS = 500;

  private static final int LONGEST_SESSION_MILLIS = 3_600_000;
  private static final long START_MILLIS = 20_000;

  private final ZooKeeperServerEmbedded server;

  private EmbeddedServer(ZooKeeperServerEmbedded server) {
    this.server = server;
  }

  /**
   * Starts it on this port, so that sessions outlive a crash, or where that is taken on a free one.
   *
   * @param onExit what becomes of this process when ZooKeeper cannot go on
   */
  static EmbeddedServer start(StateFolder folder, int port, ExitHandler onExit) throws IOException {
    System.setProperty(SecretAuthentication.FOLDER, folder.path().toString());
    System.setProperty("zookeeper.serverCnxnFactory", RegisteringConnections.class.getName());
    System.setProperty("zookeeper.authProvider.lockex", SecretAuthentication.class.getName());
    System.setProperty("zookeeper.enforce.auth.enabled", "true");
    System.setProperty("zookeeper.enforce.auth.schemes", SecretAuthentication.SCHEME);
    System.setProperty("zookeeper.preAllocSize", "1024"); // KiB; 64 MiB of zeros otherwise
    System.setProperty("zookeeper.admin.enableServer", "false");
    System.setProperty("zookeeper.4lw.commands.whitelist", "isro"); // "srvr" tells all otherwise
    System.setProperty("zookeeper.jmx.log4j.disable", "true");
    // Its class is initialised here, not on the thread that the server starts.
    int _ = OwnName.unwanted(ZooKeeperServer::getSnapCount);
    try {
      ZooKeeperServerEmbedded server = make(folder, port, onExit);
      server.start(START_MILLIS);
      return new EmbeddedServer(server);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("ZooKeeper does not start: " + e, e);
    }
  }

  /** ZooKeeper writes its configuration into its folder, reads it once and never removes it. */
  private static ZooKeeperServerEmbedded make(StateFolder folder, int port, ExitHandler onExit)
      throws Exception {
    remove(folder.run());
    Files.createDirectories(folder.run());
    try {
      return ZooKeeperServerEmbedded.builder()
          .baseDir(folder.run())
          .configuration(configuration(folder, port))
          .exitHandler(onExit)
          .build();
    } finally {
      remove(folder.run());
    }
  }

  private static void remove(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
  }

  private static Properties configuration(StateFolder folder, int port) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("dataDir", folder.data().toString());
    properties.setProperty("clientPortAddress", "127.0.0.1");
    properties.setProperty("clientPort", Integer.toString(usablePort(port)));
    properties.setProperty("tickTime", Integer.toString(TICK_MILLIS));
    properties.setProperty("maxSessionTimeout", Integer.toString(LONGEST_SESSION_MILLIS));
    properties.setProperty("maxClientCnxns", "0");
    properties.setProperty("autopurge.snapRetainCount", "3");
    properties.setProperty("autopurge.purgeInterval", "1");
    return properties;
  }

  private static int usablePort(int before) throws IOException {
    if (before == 0) {
      return 0;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(ReadinessCall.loopback(), before));
      return before;
    } catch (IOException e) {
      return 0; // taken by another by now
    }
  }

  /** Runs {@code then} when it cannot go on, instead of what {@code onExit} said. */
  static void whenDead(Runnable then) {
    ServiceUtils.setSystemExitProcedure(code -> then.run());
  }

  int port() {
    return server.getClientPort();
  }

  /** Whether a session lives, or a connection that may become one. */
  boolean isBusy() {
    return ProviderRegistry.getProvider(SecretAuthentication.SCHEME)
            instanceof SecretAuthentication gate
        && gate.server().map(EmbeddedServer::isBusy).orElse(false);
  }

  private static boolean isBusy(ZooKeeperServer server) {
    return server.getNumAliveConnections() > 0
        || !server.getSessionTracker().globalSessions().isEmpty();
  }

  @Override
  public void close() {
    server.close();
  }
}
