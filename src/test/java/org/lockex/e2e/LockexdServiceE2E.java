package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Ports;
import org.lockex.fixture.Programs;
import org.lockex.fixture.TestZooKeeper;

/**
 * lockexd as a service manager and those who rely on it see it: what is broken is said, and ended.
 */
class LockexdServiceE2E {
  private static final String PYTHON = "/usr/bin/python3";
  private static final String ROOT = "/lockex";

  @TempDir Path folder;

  /** A lockexd on a free port, with what it says in a file. */
  private final class Service implements AutoCloseable {
    final int port = Ports.free();
    final Path said = folder.resolve("stderr" + port);
    final Image.Running running;

    Service(String... options) {
      running =
          Image.start(
              Map.of(),
              new byte[0],
              List.of(
                  "/bin/sh",
                  "-c",
                  "exec \"$0\" -l 127.0.0.1:%d %s 2> %s"
                      .formatted(port, String.join(" ", options), said),
                  Image.bin("lockexd")));
    }

    int status(String path) throws InterruptedException {
      try {
        return Lockexd.HTTP
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .timeout(Duration.ofSeconds(5))
                    .build(),
                HttpResponse.BodyHandlers.discarding())
            .statusCode();
      } catch (IOException e) {
        return 0;
      }
    }

    void awaitReady() {
      Poll.until("it is ready", () -> status("/readyz") == 200);
    }

    List<String> said() throws IOException {
      return Files.readAllLines(said);
    }

    void awaitSaid(String... lines) throws IOException {
      Poll.until("a line more", () -> said().size() >= lines.length);
      assertEquals(List.of(lines), said());
    }

    int code() {
      return running.end().code();
    }

    @Override
    public void close() throws Exception {
      running.process().destroyForcibly().waitFor();
    }
  }

  private static void rights(String hosts, int perms) throws Exception {
    try (ZooKeeper client = new ZooKeeper(hosts, 6000, event -> {})) {
      Poll.until("connected", () -> client.getState().isConnected());
      // The client asks it for null, which lists of List.of do not bear.
      List<ACL> acl = Collections.singletonList(new ACL(perms, ZooDefs.Ids.ANYONE_ID_UNSAFE));
      if (client.exists(ROOT, false) == null) {
        client.create(ROOT, new byte[0], acl, CreateMode.PERSISTENT);
      } else {
        client.setACL(ROOT, acl, -1);
      }
    }
  }

  @Test
  void without_a_first_connection_in_time_it_says_why_and_ends_with_69() throws Exception {
    String nowhere = "127.0.0.1:" + Ports.free();
    try (Service service = new Service("-T", "2s", "-z", nowhere)) {
      assertEquals(69, service.code());
      service.awaitSaid("lockexd: cannot reach ZooKeeper on " + nowhere + ": connection refused");
    }
  }

  @Test
  void without_rights_at_the_lock_path_it_is_not_ready_and_ends_with_77() throws Exception {
    int admin = ZooDefs.Perms.ADMIN;
    for (int perms : new int[] {ZooDefs.Perms.READ, ZooDefs.Perms.CREATE}) {
      try (TestZooKeeper zooKeeper = new TestZooKeeper()) {
        rights(zooKeeper.hosts(), perms | admin);
        try (Service service = new Service("-T", "4s", "-z", zooKeeper.hosts())) {
          Poll.until("it answers", () -> service.status("/healthz") == 200);
          while (service.running.process().isAlive()) {
            assertTrue(service.status("/readyz") != 200, "ready with the permissions " + perms);
            Thread.sleep(50);
          }
          assertEquals(77, service.code());
          service.awaitSaid(
              "lockexd: cannot use the lock path /lockex: ZooKeeper does not authorise us");
        }
      }
    }
  }

  @Test
  void what_keeps_it_away_is_one_line_and_so_is_its_return() throws Exception {
    try (TestZooKeeper zooKeeper = new TestZooKeeper();
        Service service = new Service("-z", zooKeeper.hosts())) {
      service.awaitReady();
      String away =
          "lockexd: cannot reach ZooKeeper on " + zooKeeper.hosts() + ": connection refused";
      String back = "lockexd: ZooKeeper is back";
      zooKeeper.stop();
      service.awaitSaid(away);
      assertEquals(503, service.status("/readyz"));
      assertEquals(200, service.status("/healthz"));
      Thread.sleep(3000); // a second line would come
      zooKeeper.restart();
      service.awaitReady();
      service.awaitSaid(away, back);

      String rights = "lockexd: cannot use the lock path /lockex: ZooKeeper does not authorise us";
      rights(zooKeeper.hosts(), ZooDefs.Perms.ADMIN | ZooDefs.Perms.READ);
      service.awaitSaid(away, back, rights);
      assertEquals(503, service.status("/readyz"));
      rights(zooKeeper.hosts(), ZooDefs.Perms.ALL);
      service.awaitReady();
      service.awaitSaid(away, back, rights, back);
    }
  }

  @Test
  void servers_that_want_sasl_are_the_cause() throws Exception {
    try (DebianZooKeeper zooKeeper = DebianZooKeeper.wantingSasl();
        Service service = new Service("-T", "4s", "-z", zooKeeper.hosts())) {
      assertEquals(77, service.code());
      service.awaitSaid(
          "lockexd: cannot use ZooKeeper on "
              + zooKeeper.hosts()
              + ": the server wants a login by SASL (--zk-auth)");
    }
  }

  @Test
  void servers_without_a_quorum_are_the_cause() throws Exception {
    try (DebianEnsemble ensemble = new DebianEnsemble(500);
        Service service = new Service("-z", ensemble.hosts())) {
      service.awaitReady();
      ensemble.kill(0);
      ensemble.kill(1);
      String hosts = ensemble.hosts();
      String[] each = hosts.split(",");
      // Each is behind a proxy that lives on.
      String closes =
          ": it closes connections at once: at its limit for one address (maxClientCnxns), or a"
              + " proxy without its server; ";
      service.awaitSaid(
          "lockexd: cannot reach ZooKeeper on "
              + hosts
              + ": "
              + each[0]
              + closes
              + each[1]
              + closes
              + each[2]
              + ": no quorum");
    }
  }

  @Test
  void systemd_hears_of_readiness_only_with_zookeeper_and_of_life_while_it_lives() {
    String program =
        """
        import os, socket, subprocess, sys
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind(sys.argv[1])
        env = dict(os.environ, NOTIFY_SOCKET=sys.argv[1], WATCHDOG_USEC="600000")
        p = subprocess.Popen(sys.argv[2:], env=env, stderr=subprocess.PIPE)
        s.settimeout(20)
        heard = []
        while "STOPPING=1" not in heard:
            heard.append(s.recv(100).decode())
        print("READY=1" in heard, heard.count("WATCHDOG=1") > 5, p.wait())
        """;
    Image.Result result =
        Image.start(
                Map.of(),
                new byte[0],
                List.of(
                    PYTHON,
                    "-c",
                    program,
                    folder.resolve("notify").toString(),
                    Image.bin("lockexd"),
                    "-T",
                    "3s",
                    "-z",
                    "127.0.0.1:" + Ports.free(),
                    "-l",
                    "127.0.0.1:0"))
            .end();
    assertEquals("False True 69\n", result.out(), result.err());
  }

  @Test
  void a_full_disk_under_its_own_zookeeper_ends_it_with_70() throws Exception {
    Programs.require("mount");
    Path disk = Files.createDirectory(folder.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString());
    try (Service service = new Service("--embedded", disk.resolve("state").toString())) {
      service.awaitReady();
      // Fails when there is no room left, which is what it is for.
      Image.Result _ =
          sh("dd if=/dev/zero of=%s bs=64k 2> /dev/null".formatted(disk.resolve("fill")));
      Image.Result posts =
          sh(
              """
              for i in $(seq 300); do
                curl -s -m 5 -o /dev/null -d '{"title":"%s","wait":0,"lifetime":1}' \
                  http://127.0.0.1:%d/locks/job$i || exit 0
              done
              """
                  .formatted("x".repeat(1000), service.port));
      assertEquals(0, posts.code(), posts.err());
      assertEquals(70, service.code());
      String cause =
          "lockexd: ZooKeeper on "
              + disk.resolve("state")
              + " cannot go on: no space left on device";
      assertEquals(List.of(cause), service.said());
    } finally {
      run("umount", disk.toString());
    }
  }

  private static Image.Result sh(String script) {
    return Image.start(Map.of(), new byte[0], List.of("/bin/sh", "-c", script)).end();
  }

  private static void run(String... command) {
    Image.Result result = Image.start(Map.of(), new byte[0], List.of(command)).end();
    assertEquals(0, result.code(), result.err());
  }
}
