package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.StatsTrack;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Authority;
import org.lockex.fixture.Poll;
import org.lockex.security.NodeAcl;

/** Who may, on the newest server: TLS, a login, a quota, and a server that wants SASL. */
class NewestServerAccessE2E {
  private static final Duration START = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private static Authority authority;
  private static Authority.Signed client;
  private static DebianZooKeeper server;

  @BeforeAll
  static void start() {
    authority = new Authority(folder, "authority");
    client = authority.sign("host-one", "DNS:host-one");
    server =
        ZooKeeperRelease.startWithTls(
            ZooKeeperRelease.NEWEST,
            authority.sign("zk", "IP:127.0.0.1"),
            authority.certificate(),
            "need");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Image.Running start(
      Map<String, String> environment, String program, String... args) {
    return Image.start(environment, new byte[0], Image.with(Image.bin(program), args));
  }

  private static Map<String, String> overTls() {
    return Map.of(
        "ZKHOSTS",
        server.tlsHosts(),
        "LOCKEX_ZK_CACERT",
        authority.certificate().toString(),
        "LOCKEX_ZK_CERT",
        client.certificate().toString(),
        "LOCKEX_ZK_KEY",
        client.key().toString(),
        "LOCKEX_ZK_ACL",
        "creator");
  }

  private static String acl(ZooKeeper of, String path) throws Exception {
    return String.join(" ", of.getACL(path, null).stream().map(NodeAcl::text).toList());
  }

  @Test
  void a_command_runs_over_tls_as_the_one_that_its_certificate_names() {
    Image.Result result = start(overTls(), "lockex", "-p", "tls", "--", "echo", "ran").end();
    assertEquals("", result.err());
    assertEquals("ran\n", result.out());
    Image.Result ping = start(overTls(), "lockexctl", "ping", "-p", "tls").end();
    assertEquals("", ping.err());
    assertTrue(ping.out().contains("TLSv1.3, the certificate of CN=zk"), ping.out());
    assertTrue(ping.out().contains("x509:CN=host-one"), ping.out());
    assertTrue(ping.out().contains("access list of /tls: x509:CN=host-one:cdrwa"), ping.out());
  }

  @Test
  void a_server_without_our_certificate_is_told() {
    Image.Result result =
        Image.lockex(
            server.tlsHosts(),
            "--zk-cacert",
            authority.certificate().toString(),
            "-T",
            "10",
            "--",
            "true");
    assertEquals(77, result.code(), result.err());
    Image.assertOneLine(result, "the server wants a client certificate (--zk-cert, --zk-key)");
  }

  private static Path login(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static Map<String, String> as(Path login) {
    return Map.of(
        "ZKHOSTS", server.hosts(), "LOCKEX_ZK_AUTH", "digest:" + login, "LOCKEX_ZK_ACL", "creator");
  }

  @Test
  void what_is_the_creators_others_may_not_use() throws Exception {
    Path me = login("me", "me:secret");
    Path other = login("other", "other:guess");
    assertEquals(0, start(as(me), "lockex", "-p", "mine", "-i", "x", "--", "true").end().code());
    Image.Result refused = start(as(other), "lockex", "-p", "mine", "-i", "x", "--", "true").end();
    assertEquals(77, refused.code(), refused.err());
    assertTrue(refused.err().contains("ZooKeeper does not authorise us"), refused.err());
  }

  /** The record of the run is deleted meanwhile, so that it is made anew, by whom we are then. */
  @Test
  void a_login_that_was_changed_is_shown_at_the_next_connection() throws Exception {
    Path login = login("changed", "first:one");
    Path gate = folder.resolve("gate");
    Image.Running holder =
        start(
            as(login),
            "lockex",
            "--session-timeout",
            "30s",
            "--once-per",
            "1h",
            "-p",
            "changed",
            "-i",
            "x",
            "-s",
            "--",
            "until [ -e " + gate + " ]; do sleep 0.1; done");
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      tree.client().addAuthInfo("digest", "first:one".getBytes(UTF_8));
      Poll.until("it runs", START, () -> tree.client().exists("/changed-runs/x", false) != null);
      assertTrue(acl(tree.client(), "/changed-runs/x").matches("digest:first:[^ ]*:cdrwa"));
      tree.delete("/changed-runs/x");
      login("changed", "second:two");
      server.kill();
      server.restart();
      Files.createFile(gate);
      assertEquals(0, holder.end().code());
      String list = acl(tree.client(), "/changed-runs/x");
      assertTrue(list.contains("digest:second:"), list);
    }
  }

  @Test
  void a_quota_that_is_exceeded_is_told() throws Exception {
    try (DebianZooKeeper strict =
            ZooKeeperRelease.start(ZooKeeperRelease.NEWEST, "enforceQuota=true");
        ZooKeeperTree tree = new ZooKeeperTree(strict.hosts())) {
      tree.create("/quoted");
      StatsTrack limits = new StatsTrack();
      limits.setCount(-1);
      limits.setBytes(-1);
      limits.setCountHardLimit(2);
      tree.create("/zookeeper/quota/quoted");
      create(tree, "/zookeeper/quota/quoted/zookeeper_limits", limits);
      StatsTrack now = new StatsTrack();
      now.setCount(1);
      now.setBytes(0);
      create(tree, "/zookeeper/quota/quoted/zookeeper_stats", now);
      Image.Result result = Image.lockex(strict.hosts(), "-p", "quoted", "-i", "x", "--", "true");
      assertEquals(77, result.code(), result.err());
      Image.assertOneLine(
          result,
          "lockex: cannot take the lock on /quoted/x: ZooKeeper's quota is exceeded for /quoted/x/");
    }
  }

  private static void create(ZooKeeperTree tree, String path, StatsTrack data) throws Exception {
    tree.client()
        .create(path, data.getStatsBytes(), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
  }

  @Test
  void a_server_that_wants_sasl_is_told() throws IOException {
    Path jaas =
        Files.writeString(
            folder.resolve("jaas.conf"),
            "Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_x=\"y\"; };");
    try (DebianZooKeeper sasl =
        ZooKeeperRelease.start(
            ZooKeeperRelease.NEWEST,
            """
            sessionRequireClientSASLAuth=true
            authProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider
            """,
            Map.of("JAVA_TOOL_OPTIONS", "-Djava.security.auth.login.config=" + jaas))) {
      for (String[] words :
          new String[][] {{"-n", "-i", "x"}, {"-c", "2"}, {"--once-per", "1h", "-i", "x"}}) {
        List<String> args = Image.with(words[0], words);
        args.removeFirst();
        args.addAll(List.of("--", "true"));
        assertWantsSasl(Image.lockex(sasl.hosts(), args.toArray(String[]::new)), "lockex: ");
      }
      for (String word : List.of("ls", "ping", "watch")) {
        assertWantsSasl(
            start(Map.of("ZKHOSTS", sasl.hosts()), "lockexctl", word).end(), "lockexctl: ");
      }
      assertWantsSasl(ServesLocks.lockexd(sasl.hosts()), "lockexd: cannot use ZooKeeper on ");
    }
  }

  private static void assertWantsSasl(Image.Result result, String program) {
    assertEquals(77, result.code(), result.err());
    Image.assertOneLine(result, program, ": the server wants a login by SASL");
  }
}
