package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;

/** {@code --on-lost}: what runs when the lock is lost, and that it prolongs nothing. */
class OnLostE2E {
  private static final String LOOP = "while :; do sleep 0.1; done";
  private static final String DEAF = "trap '' TERM; " + LOOP;

  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper(500);

  @TempDir Path folder;

  private Path file(String name) {
    return folder.resolve(name);
  }

  /** A command whose pid stands in a file of the lock's name. */
  private String[] words(String lock, String onLost, String script) {
    String begins = "echo $$ >" + file(lock) + "; ";
    return new String[] {
      "--session-timeout", "3", "-i", lock, "--on-lost", onLost, "-s", begins + script
    };
  }

  private void awaitPids(String name, int pids) {
    Poll.until(name + " runs", () -> Files.readAllLines(file(name)).size() == pids);
  }

  /** Tells its own pid and that of a process that has left for a session of its own, and hangs. */
  private String forksAway(String name) {
    String tell = "echo $$ >>" + file(name) + "; ";
    return "setsid sh -c '%s%s' & ".formatted(tell, LOOP) + tell + DEAF;
  }

  /** Those of the processes in these files that live. */
  private String alive(String... names) {
    StringBuilder script = new StringBuilder("cd /proc; ls -d $(cat");
    for (String name : names) {
      script.append(' ').append(file(name));
    }
    return script.append(") 2>/dev/null; true").toString();
  }

  private static String[] lines(Image.Result result) {
    assertEquals(76, result.code(), result::err);
    return result.err().lines().toArray(String[]::new);
  }

  private static String word(String lock, String of) {
    return "lockex: run --on-lost on lock /lockex/" + lock + ": " + of;
  }

  @Test
  void has_the_grace_of_a_lease_that_runs_out_and_whatever_becomes_of_it_is_over_then()
      throws Exception {
    assertTrue(
        folder.toFile().setWritable(true, false) && folder.toFile().setExecutable(true, false));
    try (Proxy proxy = new Proxy(Integer.parseInt(server.hosts().split(":")[1]))) {
      String tells =
          "echo $LOCKEX_ID $LOCKEX_TOKEN $LOCKEX_GRACE_MS $(readlink /proc/self/fd/0); exit 5";
      Image.Running heeds =
          Image.startLockex(
              proxy.hosts(),
              words(
                  "heeds",
                  tells,
                  "exec 2>/dev/null; trap 'echo $LOCKEX_TOKEN; exit 0' TERM; " + LOOP));
      Image.Running deaf = Image.startLockex(proxy.hosts(), words("deaf", forksAway("away"), DEAF));
      List<String> asUser =
          Image.with("/usr/bin/setpriv", "--reuid=41415", "--regid=41415", "--clear-groups");
      asUser.add(Image.bin("lockex"));
      String noMore = "prlimit --pid $PPID --nproc=1; exec sleep 100";
      asUser.addAll(List.of(words("full", "true", noMore)));
      Image.Running full = Image.start(Map.of("ZKHOSTS", proxy.hosts()), new byte[0], asUser);
      awaitPids("heeds", 1);
      awaitPids("deaf", 1);
      awaitPids("full", 1);
      proxy.goSilent();
      Image.Result next = Image.lockex(server.hosts(), "-i", "deaf", "-s", alive("deaf", "away"));
      assertEquals("", next.out(), "these live beside the next holder");

      Image.Result result = heeds.end();
      String[] said = lines(result);
      String[] told = said[0].split(" ");
      assertEquals("heeds " + result.out().strip(), told[0] + " " + told[1]);
      int grace = Integer.parseInt(told[2]);
      assertTrue(grace > 250 && grace <= 500, said[0]);
      assertEquals("/dev/null", told[3]);
      assertEquals(word("heeds", "it ended with 5"), said[1]);
      assertTrue(said[2].contains("ZooKeeper is not heard of"), said[2]);
      assertEquals(word("deaf", "it was killed before it ended"), lines(deaf.end())[0]);
      assertEquals(2, Files.readAllLines(file("away")).size());
      assertEquals(
          word("full", "it was not run: cannot run /bin/sh: Resource temporarily unavailable"),
          lines(full.end())[0]);
    }
  }

  @Test
  void keeps_its_time_after_a_break_gets_no_signal_and_dies_with_a_lockex_that_is_killed() {
    String slow = "trap 'echo asked' TERM; echo begins; sleep 0.5; echo $LOCKEX_GRACE_MS";
    Image.Running asked = Image.startLockex(server.hosts(), words("asked", slow, "exec sleep 100"));
    Image.Running killed =
        Image.startLockex(server.hosts(), words("killed", forksAway("orphan"), DEAF));
    Image.Running gone = Image.startLockex(server.hosts(), words("gone", "echo ran", DEAF));
    awaitPids("asked", 1);
    awaitPids("killed", 1);
    awaitPids("gone", 1);
    Image.Running breaks =
        Image.startSh(server.hosts(), "lockexctl break --yes killed & lockexctl break --yes asked");
    awaitPids("orphan", 2);
    killed.signal("KILL");
    Poll.until("all are dead", () -> Image.sh("", alive("killed", "orphan")).out().isEmpty());
    killed.end();
    Image.sh(server.hosts(), "lockexctl break --yes --force gone");
    assertEquals(word("gone", "it was not run: no time is left"), lines(gone.end())[0]);
    String[] said = lines(asked.end());
    assertEquals("begins", said[0]);
    int grace = Integer.parseInt(said[1]);
    assertTrue(grace > 9000 && grace <= 10_000, said[1]);
    assertEquals(word("asked", "it ended with 0"), said[2]);
    assertTrue(said[3].contains("asked for it"), said[3]);
    breaks.end();
  }
}
