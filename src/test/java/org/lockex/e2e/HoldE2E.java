package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;

/** {@code lockexctl hold}, {@code release} and {@code extend} beside commands and lockexd. */
class HoldE2E {
  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper(500);
  private static final Pattern HANDLE = Pattern.compile("/lockex/[^\n]*@\\d+\n");

  @TempDir Path folder;
  @AutoClose private ZooKeeperTree tree;

  @BeforeEach
  void connect() {
    tree = new ZooKeeperTree(server.hosts());
  }

  private static Image.Running start(String... args) {
    return Image.start(
        Map.of("ZKHOSTS", server.hosts(), "TZ", "UTC"),
        new byte[0],
        Image.with(Image.bin("lockexctl"), args));
  }

  private static Image.Result ctl(String... args) {
    return start(args).end();
  }

  private static String handle(Image.Result held) {
    assertEquals(0, held.code(), held::err);
    assertEquals("", held.err());
    assertTrue(HANDLE.matcher(held.out()).matches(), held::out);
    return held.out().strip();
  }

  private void awaitQueue(String id, int number) {
    Poll.until("in the queue", () -> children("/lockex/" + id) == number);
  }

  private int children(String path) throws Exception {
    return tree.client().exists(path, false) == null
        ? 0
        : tree.client().getChildren(path, false).size();
  }

  @Test
  void a_hold_keeps_the_order_of_the_queue_and_tells_everybody_why() {
    Path log = folder.resolve("log");
    Image.Running holder = Image.startLockex(server.hosts(), "-i", "line", "-s", "exec sleep 60");
    awaitQueue("line", 1);
    Image.Running hold = start("hold", "line", "--for", "1h", "--reason", "db\u001b upgrade");
    awaitQueue("line", 2);
    Image.Running next = Image.startLockex(server.hosts(), "-i", "line", "-s", "echo ran > " + log);
    awaitQueue("line", 3);
    holder.signal("TERM");
    holder.end();
    String handle = handle(hold.end());
    String words = "held for maintenance until (\\S+ )?\\d\\d:\\d\\d: db\\\\x1b upgrade";
    Image.Running busy = start("hold", "line", "--for", "1h", "-n");
    Image.Running tried = Image.startSh(server.hosts(), "TZ=UTC lockex -v -n -i line true");
    Image.Running watched =
        Image.startSh(
            server.hosts(),
            "python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' "
                + "env TZ=UTC lockex -t 4 -i line true");
    Image.Running checked = start("check", "line");
    Image.Running shown = start("show", "line");
    Image.Running broken = start("break", "line", "--yes");
    assertEquals(75, busy.end().code());
    Image.assertOneLine(busy.end(), "hold on lock /lockex/line: not acquired, held for maint");
    assertFound(words + ", by \\S+@", busy.end().err());
    assertEquals(75, tried.end().code());
    assertFound(words + ", by \\S+@", tried.end().err());
    assertFound("lockex: waiting \\S+ for lock line.*, " + words, watched.end().out());
    assertFound("^OK: line held .*" + words, checked.end().out());
    assertFound(words + ", by \\S+; handle " + Pattern.quote(handle), shown.end().out());
    assertTrue(!Files.exists(log));
    assertEquals(1, broken.end().code());
    Image.assertOneLine(broken.end(), "lockexctl release " + handle);
    assertEquals(0, ctl("release", handle).code());
    assertEquals(0, next.end().code());
    Image.Result again = ctl("release", handle);
    assertEquals(1, again.code());
    Image.assertOneLine(again, "release on hold " + handle + ": it is over");
  }

  @Test
  void a_hold_and_lockexd_exclude_each_other_and_it_ends_by_itself() throws Exception {
    try (Lockexd gateway = new Lockexd("-z", server.hosts())) {
      var granted = gateway.acquire("both", 0, 60);
      assertEquals(201, granted.statusCode());
      assertEquals(75, ctl("hold", "both", "--for", "1h", "-n").code());
      gateway.send("DELETE", Lockexd.path(granted), "");
      String handle = handle(ctl("hold", "both", "--for", "90s"));
      assertEquals(408, gateway.acquire("both", 0, 60).statusCode());
      assertEquals(0, ctl("release", handle).code());
      long began = System.nanoTime();
      Image.Result json = ctl("hold", "both", "--for", "1s", "--json");
      assertTrue(
          json.out()
              .matches(
                  "\\{\"handle\":\"/lockex/both/_c_\\S+@\\d+\",\"lock\":\"both\",\"path\":\"/lockex/both\","
                      + "\"expires\":\"\\S+Z\",\"token\":\\d+}\n"),
          json::out);
      assertEquals(201, gateway.acquire("both", 30, 60).statusCode());
      assertTrue(System.nanoTime() - began >= 1_000_000_000L);
    }
  }

  @Test
  void all_leases_of_a_semaphore_are_held_or_none() throws Exception {
    Image.Running holder =
        Image.startLockex(server.hosts(), "-c", "2", "-i", "all", "-s", "exec sleep 60");
    Poll.until("it holds", () -> children("/lockex/all/leases") == 1);
    assertEquals(75, ctl("hold", "all", "--for", "1h", "-c", "2", "--all", "-t", "10ms").code());
    Image.Running one = start("hold", "all", "--for", "1h", "-c", "2", "--all");
    Image.Running two = start("hold", "all", "--for", "1h", "-c", "2", "--all");
    Poll.until("both wait", () -> children("/lockex/all/locks") == 2);
    assertEquals(1, children("/lockex/all/leases"));
    holder.signal("TERM");
    Poll.until("one has it", () -> !one.process().isAlive() || !two.process().isAlive());
    boolean inOrder = !one.process().isAlive();
    Image.Running first = inOrder ? one : two;
    Image.Running second = inOrder ? two : one;
    String handle = handle(first.end());
    assertTrue(handle.startsWith("/lockex/all/leases@"), handle);
    assertEquals(75, Image.lockex(server.hosts(), "-n", "-c", "2", "-i", "all", "true").code());
    assertEquals(2, children("/lockex/all/leases"));
    assertTrue(second.process().isAlive());
    assertEquals(0, ctl("release", handle).code());
    assertEquals(0, ctl("release", handle(second.end())).code());
    assertEquals(0, children("/lockex/all/leases"));
  }

  @Test
  void nobody_is_left_with_a_hold_whose_handle_he_does_not_have() throws Exception {
    // Nobody reads the pipe, which is full.
    Image.Running asked = unread("asked", "1h");
    Image.Running full = Image.startSh(server.hosts(), "lockexctl hold full --for 1h > /dev/full");
    Image.Result shut = Image.sh(server.hosts(), "lockexctl hold shut --for 1h >&-");
    assertEquals(70, shut.code());
    Image.assertOneLine(shut, "given back");
    assertEquals(70, full.end().code());
    Image.assertOneLine(full.end(), "/lockex/full", "No space left on device", "given back");
    for (String id : List.of("full", "shut")) {
      awaitQueue(id, 0);
    }
    Poll.until("it holds", () -> !grant("asked").isEmpty());
    asked.signal("TERM");
    Image.Result ended = asked.end();
    assertEquals(143, ended.code());
    Image.assertOneLine(ended, "/lockex/asked", "given back");
    awaitQueue("asked", 0);
  }

  @Test
  void a_hold_ends_by_itself_though_its_maker_was_killed_unless_it_is_extended() throws Exception {
    Image.Running killed = unread("killed", "3s");
    Image.Running longer = start("hold", "longer", "--for", "4s");
    Poll.until("it holds", () -> !grant("killed").isEmpty());
    killed.signal("KILL");
    String over = grant("killed");
    String extended = handle(longer.end());
    assertEquals(0, ctl("extend", extended, "--for", "1h").code());
    // Who is killed while it waits is gone with its session.
    Image.Running waits = start("hold", "killed", "--for", "1h", "--session-timeout", "1s");
    awaitQueue("killed", 2);
    waits.signal("KILL");
    killed.end();
    assertEquals(0, ctl("wait", "killed", "--timeout", "30s").code());
    assertEquals(1, ctl("release", over).code());
    assertEquals(75, Image.lockex(server.hosts(), "-t", "1s", "-i", "longer", "true").code());
    // Of another hold at the same place.
    assertEquals(1, ctl("release", extended + "0").code());
    assertEquals(0, ctl("release", extended).code());
    awaitQueue("longer", 0);
  }

  @Test
  void what_is_over_is_shown_as_held_by_nobody_though_its_node_stands() throws Exception {
    handle(ctl("hold", "stale", "--for", "1s"));
    Poll.until("it is over", () -> ctl("check", "stale", "--max-held", "1ms").code() == 0);
    Image.Running listed = start("ls", "stale");
    Image.Running json = start("ls", "stale", "--json");
    Image.Running shown = start("show", "stale");
    assertFound("\nstale +mutex +0 +0 +-", listed.end().out());
    assertFound("\"holders\":\\[],\"waiting\":0,\"over\":\\[\\{", json.end().out());
    assertFound("0 holders, 0 waiting\nover: held for .*\n.*\n.*over since", shown.end().out());
    assertFound("\nlockex_holders\\{lock=\"stale\"} 0\n", ctl("metrics", "stale").out());
    Image.Result broken = ctl("break", "stale", "--yes");
    assertEquals(1, broken.code());
    Image.assertOneLine(broken, "nobody holds it any more");
    assertEquals(1, children("/lockex/stale"));
    assertEquals(0, ctl("break", "stale", "--yes", "--force").code());
    assertEquals(0, children("/lockex/stale"));
  }

  private static void assertFound(String pattern, String text) {
    assertTrue(Pattern.compile(pattern).matcher(text).find(), () -> pattern + " in " + text);
  }

  /** The handle of what holds; empty while nothing does, or a session. */
  private String grant(String id) throws Exception {
    for (String name : tree.client().getChildren("/lockex/" + id, false)) {
      String path = "/lockex/" + id + "/" + name;
      Stat stat = tree.client().exists(path, false);
      if (stat.getEphemeralOwner() == 0) {
        return path + "@" + stat.getCzxid();
      }
    }
    return "";
  }

  private Image.Running unread(String id, String lasts) throws Exception {
    Path pipe = folder.resolve(id);
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    String fill = "exec 3<>%1$s 1>%1$s; head -c 65536 /dev/zero; ".formatted(pipe);
    return Image.startSh(server.hosts(), fill + "exec lockexctl hold " + id + " --for " + lasts);
  }
}
