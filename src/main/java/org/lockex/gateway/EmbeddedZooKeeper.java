package org.lockex.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;

/** A ZooKeeper server of one node in this process, for those who have none; its data is durable. */
final class EmbeddedZooKeeper implements AutoCloseable {
  private static final long START_MILLIS = 30_000;

  private final ZooKeeperServerEmbedded server;
  private final String address;

  private EmbeddedZooKeeper(ZooKeeperServerEmbedded server, String address) {
    this.server = server;
    this.address = address;
  }

  /** Starts a server with its data in {@code folder}, which is made; only this host reaches it. */
  static EmbeddedZooKeeper start(Path folder) throws Exception {
    Files.createDirectories(folder);
    Properties properties = new Properties();
    String address = "127.0.0.1:" + freePort();
    properties.setProperty("clientPortAddress", "127.0.0.1");
    properties.setProperty("clientPort", address.substring(address.indexOf(':') + 1));
    properties.setProperty("tickTime", "1000");
    properties.setProperty("maxClientCnxns", "0");
    properties.setProperty("admin.enableServer", "false");
    properties.setProperty("autopurge.snapRetainCount", "3");
    properties.setProperty("autopurge.purgeInterval", "1");
    ZooKeeperServerEmbedded server =
        ZooKeeperServerEmbedded.builder()
            .baseDir(folder)
            .configuration(properties)
            .exitHandler(ExitHandler.LOG_ONLY)
            .build();
    server.start(START_MILLIS);
    return new EmbeddedZooKeeper(server, address);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where clients reach it. */
  String address() {
    return address;
  }

  @Override
  public void close() {
    server.close();
  }
}
