package org.lockex.child;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** lockex as PID 1 of a PID namespace; with that namespace's own /proc and with its parent's. */
class InitIT {
  @TempDir Path folder;
  private Driven driven;

  @BeforeEach
  void make() throws IOException {
    driven = Driven.in(folder, "/bin/sh");
    assumeTrue(driven.run("unshare -pf true").code() == 0, "PID namespaces are not allowed here");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-pf", "-pf --mount-proc"})
  void input_exit_code_and_leftovers_are_as_everywhere(String unshare) {
    driven
        .run(
            "echo hello | unshare %s \"$L\" sh -c 'setsid sleep 8301 & read x; [ $PPID != 1 ] && echo $x; exit 9'; echo $?; runs sleep 8301 || echo none"
                .formatted(unshare))
        .assertIs(0, "hello\n9\nnone\n");
    driven.run("unshare %s \"$L\" sh -c 'kill -9 $$'".formatted(unshare)).assertIs(137, "");
  }

  @ParameterizedTest
  @CsvSource({
    "-pf,TERM",
    "-pf,INT",
    "-pf,USR2",
    "-pf,QUIT",
    "-pf,TTIN",
    "-pf,RTMIN+3",
    "-pf --mount-proc,HUP",
    "-pf --mount-proc,WINCH",
    "-pf --mount-proc,ALRM",
    "-pf --mount-proc,PWR"
  })
  void signals_to_PID_1_reach_the_command(String unshare, String signal) {
    driven
        .run(
            """
            env --default-signal=INT,QUIT unshare %s "$L" bash -c 'trap "echo got; exit 5" %s; touch up; while :; do sleep 0.02; done' 2>/dev/null & p=$!
            until_ 5000 '[ -e up ]'; kill -%s $(pgrep -P $p); wait $p; echo $?
            """
                .formatted(unshare, signal, signal))
        .assertIs(0, "got\n5\n");
  }

  @ParameterizedTest
  @CsvSource({"-pf,KILL", "-pf --mount-proc,KILL", "-pf,STOP", "-pf --mount-proc,STOP"})
  void when_the_JVM_is_killed_or_stopped_all_of_the_namespace_goes(String unshare, String signal) {
    driven
        .run(
            """
            DRIVER=-Ddriver.deadline=1500 unshare %s "$L" setsid sleep 8302 & p=$!
            until_ 5000 runs sleep 8302; jvm=$(pgrep -P $(pgrep -P $p) java)
            kill -%s $jvm; wait $p; echo $?; gone && echo none
            """
                .formatted(unshare, signal))
        .assertIs(0, "137\nnone\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-pf", "-pf --mount-proc"})
  void the_guard_works_in_a_namespace_that_lockex_does_not_lead(String unshare) {
    driven
        .run(
            """
            unshare %s sh -c '"$0" setsid sleep 8303; while :; do sleep 0.02; done' "$L" & p=$!
            until_ 5000 runs sleep 8303; jvm=$(pgrep -P $(pgrep -P $p) java)
            kill -9 $jvm; until_ 5000 gone && echo none; kill -9 $(pgrep -P $p)
            """
                .formatted(unshare))
        .assertIs(0, "none\n");
  }
}
