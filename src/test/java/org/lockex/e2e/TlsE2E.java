package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Authority;

/** lockex over TLS, on Debian's ZooKeeper; every word that it has for what can be wrong. */
class TlsE2E {
  @TempDir static Path folder;

  private static Authority authority;
  private static Authority stranger;
  private static Authority.Signed client;

  /** Wants a certificate of its clients. */
  private static DebianZooKeeper server;

  /** Wants none. */
  private static DebianZooKeeper lenient;

  @BeforeAll
  static void start() {
    authority = new Authority(folder, "our-authority");
    stranger = new Authority(folder, "other-authority");
    Authority.Signed own = authority.sign("zk.example", "IP:127.0.0.1,DNS:localhost");
    client = authority.sign("host-one", "DNS:host-one");
    server = DebianZooKeeper.withTls(2000, own, authority.certificate(), "need", "TLSv1.3");
    lenient = DebianZooKeeper.withTls(2000, own, authority.certificate(), "none");
  }

  @AfterAll
  static void stop() {
    server.close();
    lenient.close();
  }

  private static String[] options(String... more) {
    return Image.with("--zk-cacert", concat(authority.certificate().toString(), more))
        .toArray(String[]::new);
  }

  private static String[] concat(String first, String... more) {
    return Image.with(first, more).toArray(String[]::new);
  }

  private static String[] asClient(String... more) {
    return options(
        Image.with(
                "--zk-cert",
                concat(
                    client.certificate().toString(),
                    concat("--zk-key", concat(client.key().toString(), more))))
            .toArray(String[]::new));
  }

  private static void assertFails(Image.Result result, int code, String... words) {
    assertEquals(code, result.code(), result.err());
    Image.assertOneLine(result, words);
  }

  @Test
  void a_command_runs_under_a_lock_over_tls() {
    Image.Result result =
        Image.lockex(lenient.tlsHosts(), options("-i", "tls", "--", "echo", "ran"));
    assertEquals("", result.err());
    assertEquals("ran\n", result.out());
    assertEquals(0, result.code());
  }

  @Test
  void two_that_contend_over_tls_and_in_plain_exclude_each_other() {
    Ticks ticks = new Ticks(folder.resolve("both"));
    Image.Running first = Image.startLockex(lenient.tlsHosts(), tick("both", ticks, "A"));
    ticks.awaitFirst("A", Duration.ofSeconds(20));
    List<String> plain = new java.util.ArrayList<>(List.of("-i", "both", "--"));
    plain.addAll(ticks.command("B"));
    Image.Running second = Image.startLockex(lenient.hosts(), plain.toArray(String[]::new));
    try (ZooKeeperTree tree = new ZooKeeperTree(lenient.hosts())) {
      org.lockex.fixture.Poll.until(
          "both are in the queue", () -> tree.contenders("/lockex/both").size() == 2);
    }
    first.signal("TERM");
    ticks.awaitFirst("B", Duration.ofSeconds(20));
    ticks.assertNoOverlap("A", "B");
    assertEquals(143, first.end().code());
    second.signal("TERM");
    assertEquals(143, second.end().code());
  }

  @Test
  void lockexd_gives_locks_over_tls() throws Exception {
    try (Lockexd gateway =
        new Lockexd(
            "-z",
            server.tlsHosts(),
            "--zk-cacert",
            authority.certificate().toString(),
            "--zk-cert",
            client.certificate().toString(),
            "--zk-key",
            client.key().toString(),
            "--zk-acl",
            "creator",
            "--zk-acl",
            "world:anyone:r",
            "-p",
            "gateway")) {
      assertEquals(201, gateway.acquire("a", 5, 60).statusCode());
      try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
        assertEquals(
            "x509:CN=host-one:cdrwa",
            org.lockex.security.NodeAcl.text(tree.client().getACL("/gateway", null).getFirst()));
      }
    }
  }

  private static String[] tick(String id, Ticks ticks, String who) {
    List<String> words = new java.util.ArrayList<>(List.of("-i", id, "--"));
    words.addAll(ticks.command(who));
    return options(words.toArray(String[]::new));
  }

  @Test
  void a_client_certificate_lets_in_where_one_is_wanted() {
    Image.Result result =
        Image.lockex(server.tlsHosts(), asClient("--zk-acl", "open", "-i", "mine", "--", "true"));
    assertEquals("", result.err().replaceAll("(?m)^lockex: log in.*\n", ""));
    assertEquals(0, result.code());
  }

  @Test
  void keys_in_older_forms_are_read() {
    authority.openssl("rsa -traditional -in host-one.key -out host-one.pkcs1.key");
    authority.openssl("ecparam -genkey -name prime256v1 -out sec1.key");
    authority.openssl("req -new -x509 -key sec1.key -subj /CN=sec1 -out sec1.crt");
    restrict("host-one.pkcs1.key");
    restrict("sec1.key");
    Image.Result result =
        Image.lockex(
            server.tlsHosts(),
            options(
                "--zk-cert",
                client.certificate().toString(),
                "--zk-key",
                folder.resolve("host-one.pkcs1.key").toString(),
                "--zk-acl",
                "open",
                "--",
                "true"));
    assertEquals(0, result.code(), result.err());
    // It signs itself, so the server refuses it; but it was read and shown.
    assertFails(
        Image.lockex(
            server.tlsHosts(),
            options(
                "-T",
                "10",
                "--zk-cert",
                folder.resolve("sec1.crt").toString(),
                "--zk-key",
                folder.resolve("sec1.key").toString(),
                "--zk-acl",
                "open",
                "--",
                "true")),
        77,
        "cannot speak TLS with ZooKeeper on " + server.tlsHosts(),
        "the server does not accept our certificate");
  }

  private static void restrict(String file) {
    try {
      Files.setPosixFilePermissions(
          folder.resolve(file), PosixFilePermissions.fromString("rw-r-----"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_server_that_wants_a_client_certificate_is_told() {
    String words = "the server wants a client certificate (--zk-cert, --zk-key)";
    Image.Running newer = Image.startLockex(server.tlsHosts(), options("-T", "10", "--", "true"));
    try (DebianZooKeeper older =
        DebianZooKeeper.withTls(
            2000, authority.sign("older", "IP:127.0.0.1"), authority.certificate(), "need")) {
      assertFails(Image.lockex(older.tlsHosts(), options("-T", "10", "--", "true")), 77, words);
    }
    assertFails(
        newer.end(), 77, "cannot speak TLS with ZooKeeper on " + server.tlsHosts() + ": ", words);
  }

  @Test
  void an_unknown_authority_is_named() {
    assertFails(
        Image.lockex(
            lenient.tlsHosts(),
            "--zk-cacert",
            stranger.certificate().toString(),
            "-T",
            "10",
            "--",
            "true"),
        69,
        "from an authority that is not trusted here (CN=our-authority)");
  }

  @Test
  void the_authorities_of_the_system_are_read_and_do_not_know_ours() {
    assertFails(
        Image.lockex(lenient.tlsHosts(), "--zk-tls", "-T", "5", "--", "true"),
        69,
        "from an authority that is not trusted here (CN=our-authority)");
  }

  @Test
  void a_wrong_name_is_told_with_those_that_the_certificate_has() {
    Authority.Signed other = authority.sign("elsewhere", "DNS:zk.example,IP:127.0.0.9");
    try (DebianZooKeeper wrong =
        DebianZooKeeper.withTls(2000, other, authority.certificate(), "none")) {
      assertFails(
          Image.lockex(wrong.tlsHosts(), options("-T", "10", "--", "true")),
          69,
          "the server's certificate is not for 127.0.0.1 but for zk.example, 127.0.0.9");
    }
  }

  @Test
  void the_name_counts_and_not_only_the_address() {
    String named = "localhost:" + lenient.tlsPort();
    Image.Result result = Image.lockex(named, options("-i", "named", "--", "true"));
    assertEquals(0, result.code(), result.err());
  }

  @Test
  void an_expired_certificate_and_one_of_the_future_are_told() {
    Authority.Signed old = authority.sign("old", "IP:127.0.0.1", "-2 days", "-1 day");
    Authority.Signed early = authority.sign("early", "IP:127.0.0.1", "+1 day", "+2 days");
    try (DebianZooKeeper expired =
            DebianZooKeeper.withTls(2000, old, authority.certificate(), "none");
        DebianZooKeeper future =
            DebianZooKeeper.withTls(2000, early, authority.certificate(), "none")) {
      Image.Running late = Image.startLockex(expired.tlsHosts(), options("-T", "10", "--", "true"));
      assertFails(
          Image.lockex(future.tlsHosts(), options("-T", "10", "--", "true")),
          69,
          "the certificate of CN=early is not valid before ");
      assertFails(late.end(), 69, "the certificate of CN=old expired at ");
    }
  }

  @Test
  void a_plain_port_spoken_to_in_tls_is_told() {
    String plain = lenient.hosts();
    assertFails(
        Image.lockex(plain, options("-T", "10", "--", "true")),
        69,
        "the server speaks no TLS on port " + plain.split(":")[1]);
  }

  @Test
  void a_tls_port_spoken_to_in_plain_is_told() {
    assertFails(
        Image.lockex(lenient.tlsHosts(), "-T", "10", "--", "true"),
        69,
        "the server speaks TLS on port " + lenient.tlsPort() + ": give --zk-tls");
  }

  @Test
  void a_peer_that_stalls_in_the_handshake_does_not_hold_it_up() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Image.Result result =
          Image.lockex("127.0.0.1:" + mute.getLocalPort(), options("-T", "2", "--", "true"));
      assertEquals(69, result.code(), result.err());
      assertTrue(result.took().toSeconds() < 10, () -> "" + result.took());
    }
  }

  @Test
  void files_that_cannot_be_used_are_told_at_once() throws IOException {
    Path bad = Files.writeString(folder.resolve("bad.pem"), "no certificate");
    assertFails(
        Image.lockex("127.0.0.1:1", "--zk-cacert", bad.toString(), "--", "true"),
        69,
        "no certificate in " + bad);
    assertFails(
        Image.lockex("127.0.0.1:1", "--zk-cacert", "/nowhere/ca.pem", "--", "true"),
        64,
        "--zk-cacert: /nowhere/ca.pem: no such file");
    Path open = Files.copy(client.key(), folder.resolve("open.key"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    assertFails(
        Image.lockex(
            "127.0.0.1:1",
            "--zk-cert",
            client.certificate().toString(),
            "--zk-key",
            open.toString(),
            "--",
            "true"),
        64,
        "--zk-key: " + open + ": everybody may read or write it (chmod o-rwx)");
  }
}
