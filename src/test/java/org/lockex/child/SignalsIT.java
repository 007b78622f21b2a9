package org.lockex.child;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals to lockex reach whom they are for, once each. */
class SignalsIT {
  /** The command and a child of it in the same group tell on descriptor 3 what they get. */
  private static final String TELLTALES =
      """
      telltale() {
        for s in TERM INT HUP QUIT TRAP ABRT USR1 PIPE USR2 ALRM STKFLT CONT TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS RTMIN RTMIN+7 RTMAX-3 RTMAX; do trap "echo $1 $s >>got" $s; done
        echo $1 >>ready
        while ! [ -e stop ]; do sleep 0.02; done
      }
      telltale child & telltale command; wait; exit 4
      """;

  @TempDir Path folder;
  private Driven driven;

  @BeforeEach
  void make() throws IOException {
    driven = Driven.in(folder, "/bin/sh");
  }

  private Driven.Result send(String signal) {
    return driven.run(
        """
        cat >telltales <<'END'
        %s
        END
        env --default-signal=INT,QUIT "$L" bash ./telltales 2>/dev/null & p=$!
        until_ 5000 '[ "$(sort ready 2>/dev/null | tr "\\n" " ")" = "child command " ]'
        kill -%s $p; until_ 5000 '[ -s got ]'; sleep 0.3; touch stop; wait $p; echo $?; sort got
        """
            .formatted(TELLTALES, signal));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void TERM_and_INT_go_to_the_whole_group_once(String signal) {
    send(signal).assertIs(0, "4\nchild " + signal + "\ncommand " + signal + "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HUP", "QUIT", "TRAP", "ABRT", "USR1", "PIPE", "USR2", "ALRM", "STKFLT", "CONT", "TSTP",
            "TTIN", "TTOU",
        "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS", "RTMIN", "RTMIN+7",
            "RTMAX-3", "RTMAX"
      })
  void the_others_go_to_the_command_alone(String signal) {
    send(signal).assertIs(0, "4\ncommand " + signal + "\n");
  }

  @Test
  void a_command_that_dies_of_the_signal_gives_128_plus_its_number() {
    driven
        .run(
            "\"$L\" sleep 8201 & p=$!; until_ 5000 runs sleep 8201; kill -TERM $p; wait $p; echo $?")
        .assertIs(0, "143\n");
    driven
        .run(
            "\"$L\" sleep 8201 & p=$!; until_ 5000 runs sleep 8201; kill -HUP $p; wait $p; echo $?")
        .assertIs(0, "129\n");
  }

  @Test
  void what_was_ignored_at_the_start_stays_ignored_in_lockex_and_in_the_command() {
    driven
        .run(
            """
            nohup "$L" sleep 8202 2>/dev/null & p=$!; until_ 5000 runs sleep 8202
            kill -HUP $p; sleep 0.3; runs sleep 8202 && echo alive; kill -TERM $p; wait $p; echo $?
            """)
        .assertIs(0, "alive\n143\n");
  }

  @Test
  void two_TERMs_and_then_KILL_leave_nothing() {
    driven
        .run(
            """
            "$L" sh -c 'trap "" TERM; setsid sh -c "while :; do sleep 8203; done" & sleep 8203; sleep 8203' & p=$!
            until_ 5000 runs sleep 8203; kill -TERM $p; sleep 0.2; kill -TERM $p; sleep 0.2
            runs sleep 8203; kill -KILL $p; until_ 5000 gone; runs sleep 8203 || echo none
            """)
        .assertIs(0, "none\n");
  }

  @Test
  void signals_in_a_storm_neither_hang_nor_crash_it() {
    driven
        .run(
            """
            "$L" sh -c 'trap : USR1 USR2 HUP WINCH; i=0; while [ $i -lt 50 ]; do sleep 0.02; i=$((i+1)); done; exit 9' 2>/dev/null & p=$!
            until_ 5000 '[ -n "$(pgrep -P $p -f "^sh -c trap")" ]'; sleep 0.2
            for i in $(seq 200); do kill -USR1 $p; kill -USR2 $p; kill -HUP $p; kill -WINCH $p; kill -CONT $p; done
            wait $p; echo $?
            """)
        .assertIs(0, "9\n");
  }
}
