package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Authority;
import org.lockex.fixture.Poll;
import org.lockex.security.NodeAcl;
import org.lockex.znode.BreakRequest;

/** Who lockex is for ZooKeeper, and what others may do with its nodes; on Debian's ZooKeeper. */
class IdentityE2E {
  private static final Duration START = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private static Authority authority;
  private static DebianZooKeeper server;

  @BeforeAll
  static void start() throws IOException {
    authority = new Authority(folder, "authority");
    server =
        DebianZooKeeper.withTls(
            2000, authority.sign("zk", "IP:127.0.0.1"), authority.certificate(), "need");
    login("me", "me:secret");
    login("other", "other:guess");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Path login(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static Map<String, String> as(String user, String acl, String hosts) {
    return Map.of(
        "ZKHOSTS",
        hosts,
        "LOCKEX_ZK_AUTH",
        "digest:" + folder.resolve(user),
        "LOCKEX_ZK_ACL",
        acl,
        "LOCKEX_ZK_CACERT",
        "",
        "LANG",
        "C");
  }

  private static Image.Running run(Map<String, String> environment, String... args) {
    return Image.start(environment, new byte[0], Image.with(Image.bin("lockex"), args));
  }

  @Test
  void others_cannot_take_read_or_delete_what_is_the_creators() throws Exception {
    Map<String, String> me = as("me", "creator", server.hosts());
    Image.Running holder = run(me, "-p", "mine", "-i", "x", "--", "sh", "-c", "echo up; sleep 60");
    Image.Result other;
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      ZooKeeper owner = tree.client();
      owner.addAuthInfo("digest", "me:secret".getBytes(UTF_8));
      Poll.until("it holds", START, () -> tree.contenders("/mine/x").size() == 1);
      String contender = tree.contenders("/mine/x").getFirst();
      for (String path : List.of("/mine", "/mine/x", contender)) {
        assertEquals(1, owner.getACL(path, null).size(), path);
        assertTrue(
            NodeAcl.text(owner.getACL(path, null).getFirst()).matches("digest:me:.*:cdrwa"), path);
      }
      assertFalse(
          new String(owner.getData(contender, false, null), UTF_8).contains("secret"),
          "the secret is in the node");
      other =
          run(as("other", "creator", server.hosts()), "-p", "mine", "-i", "x", "--", "true").end();
    }
    assertEquals(77, other.code(), other.err());
    assertTrue(other.err().contains("ZooKeeper does not authorise us"), other.err());
    holder.signal("TERM");
    Image.Result result = holder.end();
    assertEquals(143, result.code(), result.err());
    Image.assertOneLine(result, "lockex: ", "without TLS", "in the clear");
  }

  @Test
  void an_access_list_that_zookeeper_does_not_take_is_told_as_such() {
    for (String list : List.of("nosuch:127.0.0.1:cdrwa", "ip:notanip:cdrwa")) {
      Image.Result result =
          run(Map.of("ZKHOSTS", server.hosts(), "LOCKEX_ZK_ACL", list), "-i", "list", "--", "true")
              .end();
      assertEquals(77, result.code(), result.err());
      Image.assertOneLine(result, "lockex: ", "does not take the access list (--zk-acl)");
    }
  }

  @Test
  void a_list_by_which_we_may_not_read_our_own_node_is_told_and_nobody_is_kept_waiting()
      throws Exception {
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      ZooKeeper client = tree.client();
      client.create("/forgotten", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }
    for (String concurrent : List.of("1", "2")) {
      String[] lock = {"-p", "forgotten", "-i", "x" + concurrent, "-c", concurrent, "--", "true"};
      Map<String, String> open = as("me", "open", server.hosts());
      assertEquals(0, run(open, lock).end().code());
      for (String list : List.of("ip:127.9.9.9:cdrwa", "world:anyone:cdwa")) {
        Image.Result result = run(as("me", list, server.hosts()), lock).end();
        assertEquals(77, result.code(), result.err());
        assertTrue(result.err().contains("read our own node there (--zk-acl)"), result.err());
      }
      assertEquals(0, run(open, lock).end().code());
    }
    Image.Result ping =
        Image.start(
                as("me", "ip:127.9.9.9:cdrwa", server.hosts()),
                new byte[0],
                Image.with(Image.bin("lockexctl"), "-p", "forgotten", "ping"))
            .end();
    assertEquals(77, ping.code(), ping.err());
    assertTrue(ping.out().contains("the right to read what we make (--zk-acl)"), ping.out());
  }

  @Test
  void lockexd_gives_no_lock_that_somebody_has_of_whom_it_is_told_nothing() throws Exception {
    Lockexd gateway;
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      tree.client().addAuthInfo("digest", "me:secret".getBytes(UTF_8));
      for (String path : List.of("/untold", "/untold/x")) {
        tree.client().create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      }
      gateway = new Lockexd("-z", server.hosts(), "-p", "untold");
      try (gateway) {
        // The second time all numbers but that of the holder are known.
        for (int times = 0; times < 2; times++) {
          Image.Running holder =
              run(
                  as("me", "creator", server.hosts()),
                  "-p",
                  "untold",
                  "-i",
                  "x",
                  "--",
                  "sleep",
                  "60");
          Poll.until("it holds", START, () -> tree.contenders("/untold/x").size() == 1);
          assertEquals(503, gateway.acquire("x", 1, 60).statusCode());
          holder.signal("TERM");
          assertEquals(143, holder.end().code());
          for (int granted = 0; granted < 3; granted++) {
            var grant = gateway.acquire("x", 5, 60);
            assertEquals(201, grant.statusCode());
            assertEquals(204, gateway.send("DELETE", Lockexd.path(grant), "").statusCode());
          }
        }
      }
    }
    assertTrue(gateway.said().contains("whose nodes we may not read"), gateway.said());
  }

  @Test
  void a_lock_path_that_is_open_is_warned_of_and_left_as_it_is() throws Exception {
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      ZooKeeper client = tree.client();
      client.create("/open", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      Image.Result result =
          run(as("me", "creator", server.hosts()), "-p", "open", "--", "sleep", "1").end();
      assertEquals(0, result.code(), result.err());
      assertTrue(result.err().contains("lock path /open: is open to everybody"), result.err());
      assertEquals(ZooDefs.Ids.OPEN_ACL_UNSAFE, client.getACL("/open", null));
    }
  }

  @Test
  void ping_says_who_we_are_whom_the_server_is_and_which_list_holds() {
    Authority.Signed client = authority.sign("host-two", "DNS:host-two");
    Image.Result result =
        Image.start(
                Map.of("ZKHOSTS", server.tlsHosts()),
                new byte[0],
                Image.with(
                    Image.bin("lockexctl"),
                    "ping",
                    "-p",
                    "pinged",
                    "--zk-cacert",
                    authority.certificate().toString(),
                    "--zk-cert",
                    client.certificate().toString(),
                    "--zk-key",
                    client.key().toString(),
                    "--zk-acl",
                    "creator"))
            .end();
    assertEquals(0, result.code(), result.err());
    String out = result.out();
    assertTrue(out.contains(server.tlsHosts() + ": standalone, ZooKeeper 3."), out);
    assertTrue(out.contains("TLSv1.2, the certificate of CN=zk is valid until 20"), out);
    assertTrue(out.contains("x509:CN=host-two"), out);
    assertTrue(out.contains("access list of /: world:anyone:cdrwa"), out);
    assertTrue(out.contains("locks can be taken"), out);
  }

  @Test
  void nodes_tell_no_more_than_they_are_to() throws Exception {
    Image.Running holder =
        run(
            Map.of("ZKHOSTS", server.hosts()),
            "-p",
            "quiet",
            "-i",
            "x",
            "--metadata",
            "none",
            "--once-per",
            "1h",
            "--",
            "sh",
            "-c",
            "sleep 3; exit # hush-hush");
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      Poll.until("it holds", START, () -> tree.contenders("/quiet/x").size() == 1);
      String data =
          new String(
              tree.client().getData(tree.contenders("/quiet/x").getFirst(), false, null), UTF_8);
      assertTrue(
          data.startsWith("{\"host\":\"?\",\"pid\":0,\"user\":\"?\",\"command\":\"\",\"since\":"),
          data);
      Image.Result shown =
          Image.start(
                  Map.of("ZKHOSTS", server.hosts()),
                  new byte[0],
                  Image.with(Image.bin("lockexctl"), "show", "-p", "quiet", "x"))
              .end();
      assertTrue(shown.out().contains("session 0x"), shown.out());
      assertEquals(0, holder.end().code());
      String record = new String(tree.client().getData("/quiet-runs/x", false, null), UTF_8);
      assertFalse(record.contains("hush-hush") || record.contains("bin/sh"), record);
    }
  }

  @Test
  void a_tree_of_open_nodes_is_taken_over() throws Exception {
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      for (String path : List.of("/moved", "/moved/x", "/moved-runs", "/moved-runs/x")) {
        tree.create(path);
      }
      Image.Result shown = acl(as("other", "open", server.hosts()));
      assertEquals(0, shown.code(), shown.err());
      assertEquals(
          4, shown.out().lines().filter(line -> line.endsWith(": world:anyone:cdrwa")).count());
      Image.Result moved = acl(as("me", "creator", server.hosts()), "--apply");
      assertEquals(0, moved.code(), moved.err());
      assertEquals(
          4,
          moved.out().lines().filter(line -> line.matches("/moved.*: digest:me:.*:cdrwa")).count());
      Image.Result again = acl(as("me", "creator", server.hosts()), "--apply");
      assertEquals("", again.out());
      Image.Result other = acl(as("other", "open", server.hosts()), "--apply");
      assertEquals(77, other.code(), other.out());
      String refused = "lockexctl: acl on node %s: ZooKeeper does not authorise us";
      assertEquals(
          List.of(refused.formatted("/moved"), refused.formatted("/moved-runs")),
          other.err().lines().filter(line -> line.contains(": acl on ")).toList());
    }
    assertEquals(
        1,
        Image.start(
                Map.of("ZKHOSTS", server.hosts()),
                new byte[0],
                Image.with(Image.bin("lockexctl"), "acl", "-p", "nobody-made-it"))
            .end()
            .code());
  }

  private static Image.Result acl(Map<String, String> environment, String... more) {
    return Image.start(
            environment,
            new byte[0],
            Image.with(
                Image.bin("lockexctl"),
                Image.with(
                        "acl",
                        Image.with("-p", Image.with("moved", more).toArray(String[]::new))
                            .toArray(String[]::new))
                    .toArray(String[]::new)))
        .end();
  }

  /**
   * A certificate of a short life is replaced while the command runs. The server is started anew,
   * because with its tickets it would take up a session without looking at the certificate.
   */
  @Test
  void a_renewed_certificate_is_shown_at_the_next_connection() throws Exception {
    Authority.Signed first = authority.sign("renewed", "DNS:a", "-1 day", "+30 seconds");
    long signed = System.nanoTime();
    Path certificate = Files.copy(first.certificate(), folder.resolve("now.crt"));
    Path key = Files.copy(first.key(), folder.resolve("now.key"));
    try (DebianZooKeeper own =
            DebianZooKeeper.withTls(
                2000, authority.sign("own", "IP:127.0.0.1"), authority.certificate(), "need");
        ZooKeeperTree tree = new ZooKeeperTree(own.hosts())) {
      Image.Running holder =
          run(
              Map.of("ZKHOSTS", own.tlsHosts()),
              "--zk-cacert",
              authority.certificate().toString(),
              "--zk-cert",
              certificate.toString(),
              "--zk-key",
              key.toString(),
              "--zk-acl",
              "open",
              "--session-timeout",
              "30s",
              "-p",
              "renewed",
              "-i",
              "x",
              "--",
              "sleep",
              "200");
      Poll.until("it holds", START, () -> tree.contenders("/renewed/x").size() == 1);
      Poll.until(
          "the certificate is over",
          Duration.ofMinutes(1),
          () -> System.nanoTime() - signed > Duration.ofSeconds(32).toNanos());
      Authority.Signed second = authority.sign("renewed", "DNS:a");
      Files.write(certificate, Files.readAllBytes(second.certificate()));
      Files.write(key, Files.readAllBytes(second.key()));
      own.kill();
      own.restart();
      // Only who is connected hears of this.
      Poll.until("it is asked to end", START, () -> ask(tree, tree.contenders("/renewed/x")));
      Image.Result asked = holder.end();
      assertEquals(76, asked.code());
      assertTrue(asked.err().contains("the test asked for it"), asked::err);
    }
  }

  private static boolean ask(ZooKeeperTree tree, List<String> holders) throws Exception {
    String node = holders.getFirst();
    byte[] data = tree.client().getData(node, false, null);
    byte[] asked = new BreakRequest("the test", Instant.now()).addedTo(data);
    return tree.client().setData(node, asked, -1) != null;
  }
}
