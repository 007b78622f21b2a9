package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;
import org.lockex.fixture.TestZooKeeper;

/** A lock for which more wait than anybody has thought of. */
class CrowdedLockE2E {
  private static final String LOCK = "/lockex/crowd";
  private static final int AT_ONCE = 2500;

  @TempDir Path folder;
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();
  private int crowd;

  /** As those of other hosts are, but for the session, which they need not have for this. */
  private void come(ZooKeeper client, int more) throws Exception {
    for (int done = 0; done < more; done += AT_ONCE) {
      List<Op> ops = new ArrayList<>();
      for (int i = 0; i < Math.min(AT_ONCE, more - done); i++) {
        ops.add(
            Op.create(
                "%s/_c_%s-lock-%010d".formatted(LOCK, UUID.randomUUID(), 1000 + crowd++),
                new byte[0],
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                CreateMode.PERSISTENT));
      }
      client.multi(ops);
    }
  }

  @Test
  void memory_does_not_run_out_at_a_lock_for_which_many_wait() throws Exception {
    String hosts = zooKeeper.hosts();
    Path held = folder.resolve("held");
    Image.Running holder =
        Image.startLockex(hosts, "-i", "crowd", "-s", "--", "touch " + held + "; exec sleep 300");
    Poll.until("held", () -> Files.exists(held));
    try (ZooKeeper client = new ZooKeeper(hosts, 30_000, _ -> {})) {
      come(client, 20_000);
      Image.Result busy = Image.lockex(hosts, "-n", "-i", "crowd", "--", "true");
      assertEquals(75, busy.code(), busy::err);
      assertEquals("", busy.err());
      come(client, 30_001);
      Image.Result refused = Image.lockex(hosts, "-n", "-i", "crowd", "--", "true");
      assertEquals(
          "lockex: cannot queue on /lockex/crowd: 50002 hold it or wait for it, and there is room for"
              + " 50000\n",
          refused.err());
      assertEquals(70, refused.code());
      String list = Image.sh(hosts, "lockexctl ls crowd").out();
      assertTrue(list.matches("(?s).*\ncrowd +mutex +1 +50001 .*"), list);
    }
    assertTrue(holder.process().isAlive());
    holder.signal("TERM");
    assertEquals(143, holder.end().code());
  }

  @Test
  void names_that_lockexctl_has_no_memory_for_are_one_line() throws Exception {
    String hosts = zooKeeper.hosts() + "/large";
    try (ZooKeeper client = new ZooKeeper(zooKeeper.hosts(), 30_000, _ -> {})) {
      for (String path : List.of("/large", "/large/lockex")) {
        client.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      }
      for (int name = 0; name < 72_000; name += AT_ONCE) {
        List<Op> ops = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
          ops.add(
              Op.create(
                  "/large/lockex/" + "x".repeat(235) + (100_000 + name + i),
                  new byte[0],
                  ZooDefs.Ids.OPEN_ACL_UNSAFE,
                  CreateMode.PERSISTENT));
        }
        client.multi(ops);
      }
    }
    Image.Result refused = Image.sh(hosts, "lockexctl ls");
    assertTrue(
        refused
            .err()
            .matches(
                "lockexctl: cannot read on /large/lockex: the answer has [0-9]+ bytes, and there is"
                    + " room for 16[0-9]+\n"),
        refused.err());
    assertEquals(70, refused.code());
  }
}
