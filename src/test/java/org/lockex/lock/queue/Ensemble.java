package org.lockex.lock.queue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Ports;

/**
 * Three ZooKeeper servers in this process. A client reaches each through a relay, and each server
 * reaches the others' quorum ports through relays, so that any link can fall silent.
 */
final class Ensemble implements AutoCloseable {
  private static final int SIZE = 3;

  private final Path folder;
  private final int[] quorum = new int[SIZE];
  private final int[] election = new int[SIZE];
  private final int[] client = new int[SIZE];
  private final Relay[] clients = new Relay[SIZE];
  private final FollowerLink[][] links = new FollowerLink[SIZE][SIZE];
  private final ZooKeeperServerEmbedded[] servers = new ZooKeeperServerEmbedded[SIZE];

  Ensemble(int tickMs) throws Exception {
    folder = Files.createTempDirectory("lockex-ensemble");
    List<Integer> ports = Ports.free(3 * SIZE);
    for (int i = 0; i < SIZE; i++) {
      quorum[i] = ports.get(3 * i);
      election[i] = ports.get(3 * i + 1);
      client[i] = ports.get(3 * i + 2);
    }
    for (int i = 0; i < SIZE; i++) {
      clients[i] = new Relay(client[i]);
      for (int j = 0; j < SIZE; j++) {
        links[i][j] = new FollowerLink(quorum[j]);
      }
    }
    for (int i = 0; i < SIZE; i++) {
      Path home = Files.createDirectories(folder.resolve("server" + i));
      Files.createDirectories(home.resolve("data"));
      Files.writeString(home.resolve("data/myid"), Integer.toString(i + 1));
      servers[i] =
          ZooKeeperServerEmbedded.builder()
              .baseDir(home)
              .configuration(configuration(i, home, tickMs))
              .exitHandler(ExitHandler.LOG_ONLY)
              .build();
    }
    Thread[] starters = new Thread[SIZE];
    for (int i = 0; i < SIZE; i++) {
      ZooKeeperServerEmbedded server = servers[i];
      starters[i] =
          Thread.startVirtualThread(() -> {
            try {
              server.start(60_000);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
    }
    for (Thread starter : starters) {
      starter.join();
    }
    Poll.until("a leader", () -> leader() >= 0);
  }

  private Properties configuration(int self, Path home, int tickMs) {
    Properties properties = new Properties();
    properties.setProperty("tickTime", Integer.toString(tickMs));
    properties.setProperty("initLimit", "10");
    properties.setProperty("syncLimit", "5");
    properties.setProperty("dataDir", home.resolve("data").toString());
    properties.setProperty("clientPort", Integer.toString(client[self]));
    properties.setProperty("clientPortAddress", "127.0.0.1");
    properties.setProperty("admin.enableServer", "false");
    properties.setProperty("4lw.commands.whitelist", "srvr");
    for (int j = 0; j < SIZE; j++) {
      int port = j == self ? quorum[j] : links[self][j].port();
      properties.setProperty("server." + (j + 1), "127.0.0.1:" + port + ":" + election[j]);
    }
    return properties;
  }

  /** The connect string through the relays. */
  String hosts() {
    return clients[0].address() + "," + clients[1].address() + "," + clients[2].address();
  }

  /** The connect string of one server, through its relay. */
  String host(int server) {
    return clients[server].address();
  }

  /** The relay between clients and a server. */
  Relay clientSide(int server) {
    return clients[server];
  }

  /** The relay through which one server follows another. */
  Relay link(int follower, int leader) {
    return links[follower][leader];
  }

  /** From the first proposal on whose path has this part, the followers' disks stand still. */
  void stopDisksAt(String part) {
    everyLink(link -> link.holdAcksFrom(part));
  }

  /** Whether a proposal was made that stopped the disks, so that nothing can be committed. */
  boolean disksStandStill() {
    return Arrays.stream(links).flatMap(Arrays::stream).filter(FollowerLink::holds).count()
        == SIZE - 1;
  }

  /** The followers' disks go on. */
  void resumeDisks() {
    everyLink(FollowerLink::releaseAcks);
  }

  private void everyLink(Consumer<FollowerLink> action) {
    Arrays.stream(links).flatMap(Arrays::stream).forEach(action);
  }

  /** The number of the leader, -1 while there is none. */
  int leader() {
    for (int i = 0; i < SIZE; i++) {
      try {
        String state =
            org.apache.zookeeper.client.FourLetterWordMain.send4LetterWord(
                "127.0.0.1", client[i], "srvr");
        if (state.contains("Mode: leader")) {
          return i;
        }
      } catch (Exception e) {
        // Not up.
      }
    }
    return -1;
  }

  @Override
  public void close() throws Exception {
    for (ZooKeeperServerEmbedded server : servers) {
      server.close();
    }
    for (int i = 0; i < SIZE; i++) {
      clients[i].close();
      for (Relay link : links[i]) {
        link.close();
      }
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
