package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Ports;

/** One server of three, whose peers are away: it serves who only reads. */
class ReadOnlyServerE2E {
  private static final List<Integer> ports = Ports.free(8);

  @AutoClose
  private static final DebianZooKeeper server =
      ZooKeeperRelease.start(
          ZooKeeperRelease.NEWEST,
          """
          initLimit=10
          syncLimit=5
          server.1=127.0.0.1:%d:%d
          server.2=127.0.0.1:%d:%d
          server.3=127.0.0.1:%d:%d
          """
              .formatted(ports.subList(0, 6).toArray()),
          Map.of("JAVA_TOOL_OPTIONS", "-Dreadonlymode.enabled=true"));

  /** With the peers' ports for clients. */
  private static final String ALL =
      server.hosts() + ",127.0.0.1:" + ports.get(6) + ",127.0.0.1:" + ports.get(7);

  private static Image.Result run(String program, String hosts, String... args) {
    return Image.start(Map.of("ZKHOSTS", hosts), new byte[0], Image.with(Image.bin(program), args))
        .end();
  }

  private static void assertReadOnly(Image.Result result, String... words) {
    assertEquals(69, result.code(), result.err());
    Image.assertOneLine(result, words);
  }

  @Test
  void lockex_says_that_the_server_is_read_only() {
    assertReadOnly(
        run("lockex", server.hosts(), "-T1", "-i", "x", "--", "true"),
        "lockex: cannot reach ZooKeeper on "
            + server.hosts()
            + ": the server is read-only, it has no quorum");
    assertReadOnly(
        run("lockex", ALL, "-T1", "-n", "--", "true"),
        server.hosts() + ": the server is read-only, it has no quorum; ",
        "127.0.0.1:" + ports.get(7) + ": connection refused");
  }

  @Test
  void so_does_lockexctl() {
    assertReadOnly(
        run("lockexctl", server.hosts(), "ls", "-T1"),
        "lockexctl: cannot reach ZooKeeper on ",
        ": the server is read-only, it has no quorum");
  }

  @Test
  void ping_tells_the_role_whole() {
    Image.Result result = run("lockexctl", ALL, "ping", "-T1");
    assertReadOnly(result, server.hosts() + ": the server is read-only, it has no quorum; ");
    assertTrue(
        result.out().startsWith(server.hosts() + ": read-only, ZooKeeper 3.9."), result.out());
    String json = run("lockexctl", server.hosts(), "ping", "-T1", "--json").out();
    assertTrue(json.contains("\"role\":\"read-only\""), json);
  }
}
