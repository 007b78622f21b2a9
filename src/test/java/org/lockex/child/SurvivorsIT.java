package org.lockex.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing outlives lockex, however it ends, nor the end of the command. */
class SurvivorsIT {
  @TempDir Path folder;
  private Driven driven;

  @BeforeEach
  void make() throws IOException {
    driven = Driven.in(folder, "/bin/sh");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sleep 8101",
        "sh -c 'sleep 8101 | cat'",
        "timeout 1h sleep 8101",
        "setsid sleep 8101",
        "bash -c 'set -m; sleep 8101 & sleep 8101; wait'",
        "sh -c 'trap \"\" TERM INT HUP; for i in 1 2 3 4 5 6 7 8; do setsid sh -c \"sleep 8101; :\" & done; wait'",
        "sh -c 'sh -c \"kill -STOP \\$\\$\" & sleep 8101'",
      })
  @Tag("timed")
  void all_is_dead_within_100_ms_of_lockex_dying_by_SIGKILL(String command) {
    String script =
        """
        "$L" %s &
        until_ 5000 runs sleep 8101; sleep 0.2; runs sleep 8101
        now start; kill -9 $!
        until gone; do now end; [ $((end - start)) -lt 5000 ] || break; done
        now end; echo "took $((end - start)) ms" >&2
        [ $((end - start)) -le 100 ]
        """
            .formatted(command);
    driven.run(script).assertIs(0, "");
    Driven.assertNoneRuns("sleep", "8101");
  }

  @Test
  void orphans_that_had_left_the_tree_are_dead_too() {
    driven
        .run(
            """
            DRIVER=-Ddriver.token=1 "$L" bash -c '
              (setsid sh -c "cd /; exec sleep 8109" &); (setsid -f bash -c "sleep 8109; :" &)
              sleep 0.2; exec sleep 8109' & p=$!
            until_ 5000 'runs sleep 8109; [ $(wc -l <pids) = 3 ]' || echo not three
            kill -9 $p; until_ 5000 gone && echo gone
            """)
        .assertIs(0, "gone\n");
  }

  @Test
  void a_stranger_with_a_similar_mark_is_left_alone() {
    driven
        .run(
            """
            DRIVER=-Ddriver.token=1 "$L" sleep 8110 & p=$!
            until_ 5000 runs sleep 8110
            LOCKEX_TOKEN=12 LOCKEX_SESSION=0x$p setsid -f sleep 8120
            LOCKEX_TOKEN=1 LOCKEX_SESSION=0xffff setsid -f sleep 8120
            until_ 5000 'runs sleep 8120; [ $(wc -l <pids) = 2 ]'; runs sleep 8110
            kill -9 $p; until_ 5000 gone && echo gone; sleep 0.5
            runs sleep 8120; wc -l <pids; kill $(cat pids)
            """)
        .assertIs(0, "gone\n2\n");
  }

  @Test
  void whenever_lockex_is_killed_nothing_is_left() {
    driven
        .run(
            """
            for i in $(seq 25); do
              DRIVER=-Ddriver.token=$i "$L" sh -c 'setsid sleep 8111 & setsid sleep 8111' & p=$!
              sleep 0.$((RANDOM % 300 + 100)); kill -9 $p; wait $p
              until_ 5000 '! runs sleep 8111' || echo "left in try $i"
            done 2>/dev/null
            """)
        .assertIs(0, "");
  }

  @Test
  void the_guard_goes_with_a_lockex_that_has_started_nothing() {
    driven
        .run(
            """
            DRIVER=-Ddriver.idle=true "$L" true 2>idle & until_ 5000 grep -q idle idle
            pgrep -P $! -f 'lockex: ends the command' >pids
            kill -9 $!; until_ 5000 gone
            """)
        .assertIs(0, "");
  }

  @Test
  void what_the_command_leaves_is_ended_by_TERM_and_then_by_KILL_before_lockex_ends() {
    driven
        .run(
            """
            "$L" bash -c '
              sleep 8102 &
              setsid -f sleep 8102
              (setsid sh -c "trap \\"\\" TERM; echo ready >r; while :; do sleep 8102; done" &)
              setsid -f sh -c "trap \\"echo asked >&3; exit\\" TERM; echo >s; while :; do sleep 0.05; done"
              while ! [ -e r -a -e s ]; do sleep 0.01; done
              exit 5' 3>&1
            echo $?; runs sleep 8102 || echo none
            """)
        .assertIs(0, "asked\n5\nnone\n");
  }

  @Test
  void a_stopped_leftover_is_ended_too() {
    driven
        .run("\"$L\" sh -c 'sleep 8103 & kill -STOP $!; exit 2'; echo $?; runs sleep 8103")
        .assertIs(1, "2\n");
  }

  @Test
  @Tag("timed")
  void with_nothing_left_the_end_is_immediate() {
    Driven.Result result = driven.run("DRIVER=-Ddriver.grace=20000 \"$L\" true");
    result.assertIs(0, "");
    assertTrue(result.millis() < 3_000, result::toString);
  }

  @Test
  @Tag("timed")
  void leftovers_that_go_on_TERM_do_not_use_up_the_grace() {
    Driven.Result result =
        driven.run("DRIVER=-Ddriver.grace=20000 \"$L\" sh -c 'setsid sleep 8104 & exit 0'");
    result.assertIs(0, "");
    assertTrue(result.millis() < 3_000, result::toString);
  }

  @Test
  void processes_that_fork_without_end_are_ended() {
    driven
        .run(
            """
            printf '"$0" & exec sleep 0.02' >again; chmod +x again
            DRIVER=-Ddriver.kill=300 "$L" sh -c './again & ./again & sleep 8105'
            echo $?; sleep 0.1; pgrep -f '^/bin/sh ./again' || echo none
            """)
        .assertIs(0, "137\nnone\n");
    driven
        .run(
            """
            printf 'setsid "$0" & exec sleep 0.02' >again; chmod +x again
            DRIVER=-Ddriver.kill=300 "$L" sh -c './again & sleep 8105'
            echo $?; sleep 0.1; pgrep -f '^/bin/sh ./again' || echo none
            """)
        .assertIs(0, "137\nnone\n");
  }

  @Test
  void a_command_is_ended_when_its_guard_is_killed() {
    Driven.Result result =
        driven.run(
            """
            "$L" setsid sleep 8106 & p=$!
            until_ 5000 runs sleep 8106
            kill -9 $(pgrep -P $p -f 'lockex: ends the command'); wait $p; echo $?
            runs sleep 8106 || echo none
            """);
    result.assertIs(0, "137\nnone\n");
    assertTrue(result.err().contains("the guard died"), result::err);
  }

  @Test
  void without_memory_lockex_ends_with_3_and_the_command_is_dead() {
    Driven.Result result =
        driven.run(
            """
            ulimit -c unlimited
            DRIVER=-Ddriver.exhaust=true "$L" sh -c 'setsid sleep 8112 & exec sleep 8112'; echo $?
            until_ 5000 '! runs sleep 8112' || echo lives; ls | grep -E '^(core|hs_err)' || echo none
            """);
    result.assertIs(0, "3\nnone\n");
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().contains("OutOfMemoryError"), result.err());
  }

  @Test
  void a_guard_stopped_with_its_group_still_ends_the_command() {
    driven
        .run(
            """
            "$L" setsid sleep 8107 & p=$!
            until_ 5000 runs sleep 8107
            g=$(pgrep -P $p -f 'lockex: ends the command'); kill -STOP -- -$g; sleep 0.2
            kill -9 $p; until_ 5000 gone && echo gone
            """)
        .assertIs(0, "gone\n");
  }

  @Test
  void a_stopped_lockex_and_its_command_are_dead_at_the_deadline() {
    Driven.Result result =
        driven.run(
            """
            DRIVER=-Ddriver.deadline=1500 "$L" setsid sleep 8108 & p=$!
            until_ 5000 runs sleep 8108; kill -STOP $p
            until_ 5000 gone; wait $p; echo $?
            """);
    result.assertIs(0, "137\n");
    assertTrue(result.millis() >= 1_500, result::toString);
  }

  @Test
  void without_a_timer_nothing_is_started() {
    Driven.Result result = driven.run("ulimit -i 0; \"$L\" echo started");
    assertTrue(result.code() != 0, result::toString);
    assertTrue(result.err().contains("cannot create a timer"), result::err);
    assertTrue(result.out().isEmpty(), result::out);
  }
}
