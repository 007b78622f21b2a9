package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Authority;

/** Of several servers all but one are silent, and so may the name server be. */
@Tag("timed")
class SilentServersE2E {
  /** The servers are tried in a random order: often enough for each to be the first. */
  private static final int STARTS = 6;

  @TempDir static Path folder;

  private static Authority authority;
  private static DebianZooKeeper server;

  /** Swallows what asks for a connection: the kernel's queue for it is full. */
  private static ServerSocket hole;

  private static final List<SocketChannel> queue = new ArrayList<>();

  /** The kernel accepts for it, and nobody answers. */
  private static ServerSocket mute;

  @BeforeAll
  static void start() throws IOException {
    authority = new Authority(folder, "authority");
    server =
        DebianZooKeeper.withTls(
            2000, authority.sign("zk", "IP:127.0.0.1"), authority.certificate(), "none", "TLSv1.3");
    hole = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    for (int i = 0; i < 4; i++) {
      SocketChannel channel = SocketChannel.open();
      channel.configureBlocking(false);
      channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), hole.getLocalPort()));
      queue.add(channel);
    }
    mute = new ServerSocket(0, 100, InetAddress.ofLiteral("127.0.0.1"));
  }

  @AfterAll
  static void stop() throws IOException {
    for (SocketChannel channel : queue) {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      channel.close();
    }
    hole.close();
    mute.close();
    server.close();
  }

  private static String with(String healthy) {
    return "127.0.0.1:" + hole.getLocalPort() + ",127.0.0.1:" + mute.getLocalPort() + "," + healthy;
  }

  private static Duration median(String hosts, String... options) {
    Duration[] took = new Duration[STARTS];
    for (int i = 0; i < STARTS; i++) {
      List<String> args = new ArrayList<>(List.of(options));
      args.addAll(List.of("-n", "-i", "any", "--", "true"));
      Image.Result result = Image.lockex(hosts, args.toArray(String[]::new));
      assertEquals(0, result.code(), result.err());
      took[i] = result.took();
    }
    Arrays.sort(took);
    return took[STARTS / 2];
  }

  @Test
  void one_healthy_server_of_three_is_found_in_a_second() {
    median(with(server.hosts()), "-T", "2");
  }

  @Test
  void and_over_tls() {
    median(with(server.tlsHosts()), "-T", "5", "--zk-cacert", authority.certificate().toString());
  }

  @Test
  void a_black_hole_among_three_costs_half_a_second() {
    String one = server.hosts();
    Duration healthy = median(one + "," + one + "," + one);
    Duration holed = median("127.0.0.1:" + hole.getLocalPort() + "," + one + "," + one);
    assertTrue(
        holed.minus(healthy).compareTo(Duration.ofMillis(500)) < 0, healthy + " and " + holed);
  }

  private static Duration lockexd(String hosts) throws Exception {
    long begun = System.nanoTime();
    try (Lockexd lockexd = new Lockexd("-z", hosts)) {
      assertTrue(lockexd.pid() > 0);
      return Duration.ofNanos(System.nanoTime() - begun);
    }
  }

  @Test
  void two_silent_ones_of_three_cost_lockexd_a_second() throws Exception {
    Duration healthy = lockexd(server.hosts());
    for (int i = 0; i < 4; i++) {
      Duration took = lockexd(with(server.hosts()));
      assertTrue(took.minus(healthy).compareTo(Duration.ofSeconds(1)) < 0, healthy + ", " + took);
    }
  }

  @Test
  void our_own_name_is_asked_of_nobody() throws IOException {
    // Only the name server knows it, and that is silent.
    String world =
        """
        hostname known-to-nobody
        mount -t tmpfs none /mnt
        echo 127.0.0.1 localhost > /mnt/hosts
        echo nameserver 127.0.0.1 > /mnt/resolv.conf
        echo hosts: files dns > /mnt/nsswitch.conf
        for file in hosts resolv.conf nsswitch.conf; do mount --bind /mnt/$file /etc/$file; done
        exec "$@"
        """;
    try (java.net.DatagramSocket _ = silentNameServer()) {
      for (List<String> command :
          List.of(
              List.of(Image.bin("lockex"), "-z", server.hosts(), "--", "true"),
              List.of(Image.bin("lockexctl"), "-z", server.hosts(), "ls"))) {
        List<String> words =
            new ArrayList<>(List.of("unshare", "--mount", "--uts", "sh", "-ec", world, "sh"));
        words.addAll(command);
        Image.Result result = Image.start(Map.of(), new byte[0], words).end();
        assertEquals(0, result.code(), result.err());
        assertTrue(result.took().compareTo(Duration.ofSeconds(4)) < 0, "" + result.took());
      }
    }
  }

  private static java.net.DatagramSocket silentNameServer() {
    try {
      return new java.net.DatagramSocket(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 53));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
