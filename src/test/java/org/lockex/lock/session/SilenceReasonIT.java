package org.lockex.lock.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;

class SilenceReasonIT {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private static String reason(String hosts) throws InterruptedException {
    return SilenceReason.of(Hosts.parse(hosts), false, 700);
  }

  @Test
  void a_server_that_goes_on_for_ever_is_left() throws Exception {
    try (ServerSocket talks = new ServerSocket(0, 10, LOOPBACK)) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (true) {
                Socket one = talks.accept();
                Thread.ofVirtual().start(() -> talkTo(one));
              }
            } catch (IOException e) {
              // It is enough.
            }
          });
      assertEquals(
          "something listens on port " + talks.getLocalPort() + " but does not answer as ZooKeeper",
          reason("127.0.0.1:" + talks.getLocalPort()));
      assertEquals(
          "the server does not speak TLS on port " + talks.getLocalPort(),
          SilenceReason.of(Hosts.parse("127.0.0.1:" + talks.getLocalPort()), true, 700));
    }
  }

  private static void talkTo(Socket one) {
    try (one) {
      while (true) {
        one.getOutputStream().write('.');
        Thread.sleep(100);
      }
    } catch (IOException | InterruptedException e) {
      // It heard enough.
    }
  }

  @Test
  void a_server_at_its_limit_of_connections_is_told_from_one_that_serves(@TempDir Path folder)
      throws Exception {
    NIOServerCnxnFactory server = new NIOServerCnxnFactory();
    server.configure(new InetSocketAddress(LOOPBACK, 0), 1);
    server.startup(new ZooKeeperServer(folder.toFile(), folder.toFile(), 2000));
    String hosts = "127.0.0.1:" + server.getLocalPort();
    try {
      assertEquals("it answers, but there is no session yet", reason(hosts));
      try (Socket only = new Socket(LOOPBACK, server.getLocalPort())) {
        only.getOutputStream().write(0);
        Poll.until("the server counts it", () -> server.getNumAliveConnections() == 1);
        assertEquals(
            "it closes connections at once: at its limit for one address (maxClientCnxns), or a"
                + " proxy without its server",
            reason(hosts));
      }
    } finally {
      server.shutdown();
    }
  }

  @Test
  void each_of_several_servers_has_its_reason() throws Exception {
    int free;
    try (ServerSocket gone = new ServerSocket(0, 1, LOOPBACK)) {
      free = gone.getLocalPort();
    }
    try (ServerSocket mute = new ServerSocket(0, 100, LOOPBACK)) {
      int port = mute.getLocalPort();
      assertEquals(
          "127.0.0.1:"
              + free
              + ": connection refused; 127.0.0.1:"
              + port
              + ": something listens on port "
              + port
              + " but does not answer as ZooKeeper",
          reason("127.0.0.1:" + free + ",127.0.0.1:" + port));
    }
  }
}
