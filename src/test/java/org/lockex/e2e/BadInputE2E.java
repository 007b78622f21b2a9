package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lockex.fixture.Ports;
import org.lockex.fixture.TestZooKeeper;

/**
 * Bad input and bad days: one clear line, the documented exit code, nothing started, nothing left.
 */
class BadInputE2E {
  @AutoClose private static final TestZooKeeper server = new TestZooKeeper();

  static Stream<Arguments> wrongCommandLines() {
    return Stream.of(
        wrong("no command"),
        wrong("no command", "--"),
        wrong("no command", "-i", "x"),
        wrong("unknown option --bogus: see lockex --help", "--bogus", "--", "true"),
        wrong("unknown option --timeot, --timeout may be meant", "--timeot", "5", "true"),
        wrong("--shell: takes no value", "--shell=x", "true"),
        wrong("-x", "-x", "true"),
        wrong("-i: needs ID", "-i"),
        wrong("-c: must be at least 1", "-c", "0", "true"),
        wrong("-c: must be at least 1", "-c0", "true"),
        wrong("--concurrent: must be at least 1", "--concurrent", "-1", "true"),
        wrong("-c: not a whole number: x", "-c", "x", "true"),
        wrong("-c: not a whole number", "-c", "99999999999", "true"),
        wrong("negative", "-t", "-1", "true"),
        wrong("--timeout: not a duration", "--timeout", "1y", "true"),
        wrong("--locktimeout: not a duration", "--locktimeout=1y", "true", "--timeout"),
        wrong("not a duration", "-t", "", "true"),
        wrong("-k: not a duration", "-k", "soon", "true"),
        wrong("--stop-signal: not a signal", "--stop-signal", "SIGNONE", "true"),
        wrong("--stop-signal: ends no", "--stop-signal", "STOP", "true"),
        wrong("-T: must be more than zero", "-T", "0", "true"),
        wrong("--session-timeout", "--session-timeout", "25h", "true"),
        wrong("-E: must be from 0 to 255", "-E", "256", "true"),
        wrong("-E: must be", "-E", "-1", "true"),
        wrong("/", "-i", "a/b", "true"),
        wrong("-i: ", "-i", ".", "true"),
        wrong("-i: ", "-i", "..", "true"),
        wrong("empty", "-i", "", "true"),
        wrong("U+0007", "-i", "a\u0007b", "true"),
        wrong("U+E000", "-i", "a\ue000", "true"),
        wrong("U+1F512", "-i", "\ud83d\udd12", "true"),
        wrong("-p: ", "-p", "a/../b", "true"),
        wrong("the lock path would be /,", "-p", "/", "true"),
        wrong("the lock path would be /zookeeper,", "-p", "zookeeper", "true"),
        wrong("the lock path would be /zookeeper/x,", "-z", "h:1/zookeeper", "-p", "x", "true"),
        wrong("-z: ", "-z", "", "true"),
        wrong("port", "-z", "localhost:", "true"),
        wrong("port", "-z", "localhost:x", "true"),
        wrong("port", "-z", "localhost:0", "true"),
        wrong("port", "-z", "localhost:70000", "true"),
        wrong("-z: ", "-z", "a:1,,b:2", "true"),
        wrong("different chroots", "-z", "a:1/x,b:2/y", "true"),
        wrong("URL", "-z", "zk://a:1/x", "true"),
        wrong("exclude each other", "--local", "-z", "a:1", "true"),
        wrong("exclude each other", "-q", "-v", "true"),
        wrong("exclude each other", "--blocking", "-n", "true"),
        wrong("--log-format", "--log-format", "xml", "true"),
        wrong("--shell takes one argument", "-s", "echo", "hi"));
  }

  private static Arguments wrong(String word, String... args) {
    return Arguments.of(word, List.of(args));
  }

  @ParameterizedTest
  @MethodSource("wrongCommandLines")
  void wrong_usage_is_64_and_one_line(String word, List<String> args) {
    Image.Result result = lockex(args);
    assertEquals(64, result.code(), result::err);
    assertEquals("", result.out());
    Image.assertOneLine(result, "lockex: ", word);
  }

  @Test
  void a_wrong_ZKHOSTS_is_named() {
    Image.Result result = Image.lockex("localhost:port", "true");
    assertEquals(64, result.code());
    Image.assertOneLine(result, "ZKHOSTS");
  }

  @Test
  void an_id_that_is_no_utf_8_is_64() {
    Image.Result result = Image.sh(server.hosts(), "lockex -i \"$(printf 'a\\377')\" true");
    assertEquals(64, result.code());
    Image.assertOneLine(result, "UTF-8");
  }

  @Test
  @Tag("timed")
  void a_port_where_nothing_listens_is_69_and_names_hosts_and_ways_out() throws IOException {
    String hosts = "127.0.0.1:" + Ports.free();
    Image.Result result = Image.lockex(hosts, "-T", "0.5", "--", "echo", "never");
    assertEquals(69, result.code());
    assertEquals("", result.out());
    Image.assertOneLine(result, hosts, "ZKHOSTS", "--local");
    assertTrue(result.took().compareTo(Duration.ofSeconds(5)) < 0, () -> "" + result.took());
  }

  @Test
  void a_host_that_does_not_resolve_is_69_and_named() {
    Image.Result result = Image.lockex("no-such-host.invalid:2181", "-T", "1", "--", "true");
    assertEquals(69, result.code());
    Image.assertOneLine(result, "no-such-host.invalid:2181");
  }

  @Test
  void something_that_is_not_zookeeper_is_69() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (true) {
                var socket = other.accept();
                socket
                    .getOutputStream()
                    .write("HTTP/1.1 400 Bad\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                socket.close();
              }
            } catch (IOException e) {
              // The test is over.
            }
          });
      String hosts = "127.0.0.1:" + other.getLocalPort();
      Image.Result result = Image.lockex(hosts, "-T", "1", "--", "true");
      assertEquals(69, result.code());
      Image.assertOneLine(result, hosts);
    }
  }

  @Test
  void a_lock_path_without_permission_is_77() throws Exception {
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      // ZooKeeper asks the list whether it contains null, which List.of does not answer.
      List<ACL> read =
          new ArrayList<>(List.of(new ACL(ZooDefs.Perms.READ, new Id("world", "anyone"))));
      tree.client().create("/forbidden", new byte[0], read, CreateMode.PERSISTENT);
      Image.Result result = lockex(List.of("-p", "forbidden", "-i", "x", "--", "echo", "never"));
      assertEquals(77, result.code());
      assertEquals("", result.out());
      Image.assertOneLine(result, "/forbidden");
    }
  }

  @Test
  void a_chroot_that_is_not_there_is_made() {
    String hosts = server.hosts() + "/apps/batch";
    Image.Result result = Image.lockex(hosts, "-i", "x", "--", "echo", "ran");
    assertEquals("ran\n", result.out(), result::err);
    assertEquals(0, result.code());
  }

  @Test
  void help_and_version_go_to_stdout_and_a_full_disk_is_said() {
    Image.Result help = Image.lockex("nowhere:1", "--help");
    assertEquals(0, help.code());
    assertTrue(help.out().contains("--zkhosts") && help.out().contains("78"), help::out);
    assertEquals("", help.err());
    Image.Result version = Image.lockex("nowhere:1", "-V");
    assertTrue(version.out().startsWith("lockex "), version::out);
    Image.Result full = Image.sh("nowhere:1", "lockex --help > /dev/full");
    assertEquals(70, full.code());
    Image.assertOneLine(full, "standard output");
  }

  @Test
  void the_launchers_say_what_the_programs_say() {
    for (String program : List.of("lockex", "lockexctl", "lockexd")) {
      for (String word : List.of("-h", "--help", "-V", "--version")) {
        // With another option beside it, the launcher leaves the answer to the program.
        Image.Result said = Image.sh("nowhere:1", program + " " + word);
        Image.Result meant = Image.sh("nowhere:1", program + " -q " + word);
        assertEquals(meant.out(), said.out(), program + " " + word);
        assertEquals(0, said.code());
        assertEquals("", said.err());
      }
    }
  }

  @Test
  void an_empty_environment_is_enough() {
    Image.Result result =
        Image.start(
                Map.of(),
                new byte[0],
                List.of(
                    "/usr/bin/env",
                    "-i",
                    Image.bin("lockex"),
                    "-z",
                    server.hosts(),
                    "/bin/echo",
                    "ran"))
            .end();
    assertEquals("ran\n", result.out(), result::err);
    assertEquals(0, result.code());
  }

  private static Image.Result lockex(List<String> args) {
    return Image.lockex(server.hosts(), args.toArray(String[]::new));
  }
}
