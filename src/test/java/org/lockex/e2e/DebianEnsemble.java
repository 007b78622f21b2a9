package org.lockex.e2e;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Ports;

/**
 * Three servers of Debian's zookeeper package, each in a process of its own. Clients reach each
 * through a {@link Proxy}; so does the third server reach the quorum ports of the others, so that
 * it can be cut from its leader.
 */
final class DebianEnsemble implements AutoCloseable {
  private static final int SIZE = 3;

  private final int tickMillis;
  private final Path folder;
  private final int[] client = new int[SIZE];
  private final int[] quorum = new int[SIZE];
  private final int[] election = new int[SIZE];
  private final Process[] process = new Process[SIZE];
  private final Proxy[] toClient = new Proxy[SIZE];
  private final Proxy[] toQuorum = new Proxy[SIZE];

  DebianEnsemble() {
    this(2000);
  }

  DebianEnsemble(int tickMillis) {
    this.tickMillis = tickMillis;
    try {
      folder = Files.createTempDirectory("lockex-ensemble");
      List<Integer> ports = Ports.free(3 * SIZE);
      for (int i = 0; i < SIZE; i++) {
        client[i] = ports.get(3 * i);
        quorum[i] = ports.get(3 * i + 1);
        election[i] = ports.get(3 * i + 2);
        toClient[i] = new Proxy(client[i]);
        toQuorum[i] = new Proxy(quorum[i]);
      }
      for (int i = 0; i < SIZE; i++) {
        configure(i);
        start(i);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitLeader();
  }

  /** All servers, through their proxies. */
  String hosts() {
    return toClient[0].hosts() + "," + toClient[1].hosts() + "," + toClient[2].hosts();
  }

  /** The network between clients and one server. */
  Proxy proxy(int server) {
    return toClient[server];
  }

  /** Another network between clients of their own and one server. */
  Proxy anotherProxy(int server) {
    return new Proxy(client[server]);
  }

  /** The leader's index once there is one that serves. */
  int awaitLeader() {
    int[] leader = {-1};
    Poll.until(
        "there is a leader",
        Duration.ofSeconds(60),
        () -> {
          for (int i = 0; i < SIZE; i++) {
            if (mode(i).contains("Mode: leader")) {
              leader[0] = i;
            }
          }
          return leader[0] >= 0;
        });
    return leader[0];
  }

  /**
   * Cuts the third server's network to the others' quorum ports: as a follower it hears no leader.
   */
  void cutThirdFromLeader() {
    for (int i = 0; i < SIZE - 1; i++) {
      toQuorum[i].goSilent();
    }
  }

  void signal(int server, String name) {
    Image.kill(name, process[server].pid());
  }

  /** kill -9. */
  void kill(int server) {
    process[server].destroyForcibly();
    try {
      process[server].waitFor();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Starts a server that was killed and waits until it serves. */
  void restart(int server) {
    try {
      start(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Poll.until("server serves", Duration.ofSeconds(60), () -> mode(server).contains("Mode: "));
  }

  @Override
  public void close() {
    for (int i = 0; i < SIZE; i++) {
      kill(i);
      toClient[i].close();
      toQuorum[i].close();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void configure(int server) throws IOException {
    StringBuilder config =
        new StringBuilder(
            """
            tickTime=%d
            initLimit=10
            syncLimit=5
            admin.enableServer=false
            maxClientCnxns=0
            4lw.commands.whitelist=*
            clientPortAddress=127.0.0.1
            """
                .formatted(tickMillis));
    Path data = Files.createDirectories(folder.resolve("data" + server));
    Files.writeString(data.resolve("myid"), Integer.toString(server + 1));
    config
        .append("dataDir=")
        .append(data)
        .append("\nclientPort=")
        .append(client[server])
        .append('\n');
    for (int i = 0; i < SIZE; i++) {
      int reached = server == SIZE - 1 && i != server ? toQuorum[i].port() : quorum[i];
      config.append("server." + (i + 1) + "=127.0.0.1:" + reached + ":" + election[i]).append('\n');
    }
    Files.writeString(folder.resolve("zoo" + server + ".cfg"), config);
  }

  private void start(int server) throws IOException {
    process[server] =
        DebianZooKeeper.serve(
            folder,
            folder.resolve("zoo" + server + ".cfg"),
            folder.resolve("log" + server),
            Map.of());
  }

  private String mode(int server) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), client[server]), 1000);
      socket.setSoTimeout(2000);
      socket.getOutputStream().write("srvr".getBytes());
      BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream()));
      return String.join("\n", lines.lines().toList());
    } catch (IOException | UncheckedIOException e) {
      return "";
    }
  }
}
