package org.lockex.child;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Programs;

/** In a real pseudo-terminal, by tmux: an interactive bash, and somebody who types. */
class TerminalIT {
  /**
   * {@code keys KEYS} types; {@code sees LINE} waits until a line of the screen is just that;
   * {@code ready N} waits until "sleep N" runs.
   */
  private static final String SESSION =
      """
      t() { tmux -L "$PWD/tmux" -S "$PWD/tmux" -f /dev/null "$@"; }
      keys() { t send-keys "$@"; }
      screen() { t capture-pane -p; }
      sees() { want=$*; until_ 5000 'screen | grep -qxF -- "$want"' || { echo "no line: $*"; screen; }; }
      ready() { until_ 5000 runs sleep "$1" || echo "no sleep $1"; sleep 0.2; }
      t new-session -d -x 100 -y 40 'exec bash --norc --noprofile'
      keys "PS1='% '; L='$L'; clear" Enter; sees %
      """;

  @TempDir Path folder;
  private Driven driven;

  @BeforeEach
  void make() throws IOException {
    Programs.require("tmux", "less", "vi", Programs.SERVICES.toString());
    driven = Driven.in(folder, "/bin/sh");
  }

  @AfterEach
  void close() {
    driven.run("tmux -S \"$PWD/tmux\" kill-server");
  }

  private void type(String script) {
    driven.run(SESSION + script).assertIs(0, "");
  }

  @Test
  void ctrl_C_ends_the_command_and_a_script_that_loops_around_lockex() {
    type(
        """
        echo 'for i in 1 2 3; do "$L" sleep 8401; echo again; done' >loop; export L
        keys 'export L; sh ./loop' Enter; ready 8401; keys C-c
        sleep 0.5; keys 'echo by""e' Enter; sees bye; screen | grep again
        runs sleep 8401; true
        """);
  }

  @Test
  void ctrl_C_that_the_command_takes_reaches_it_once_and_does_not_end_the_script() {
    type(
        """
        cat >take <<'END'
        trap "echo taken >>taken" INT; sleep 8402; sleep 0.3; exit 4
        END
        keys '"$L" sh ./take; echo "code $?"' Enter; ready 8402; keys C-c; sees '^Ccode 4'
        [ "$(cat taken)" = taken ] || cat taken
        """);
  }

  @Test
  void ctrl_Z_fg_and_bg_work_and_the_modes_stay_as_they_are() {
    type(
        """
        keys 'stty -a >before; "$L" sleep 8403; stty -a >after' Enter; ready 8403
        keys C-z; sees '[1]+  Stopped                 "$L" sleep 8403'; cmp before after
        [ "$(ps -o state= -p $(head -1 pids))" = T ] || echo not stopped
        keys clear Enter bg Enter; sees '[1]+ "$L" sleep 8403 &'
        until_ 5000 '[ "$(ps -o state= -p $(head -1 pids))" = S ]' || echo not continued
        keys clear Enter fg Enter; sees '"$L" sleep 8403'; sleep 0.3
        keys C-z; sees '[1]+  Stopped                 "$L" sleep 8403'
        keys clear Enter fg Enter; sees '"$L" sleep 8403'; sleep 0.3
        keys C-c; until_ 5000 gone || echo alive; keys 'stty -a >after; echo by""e' Enter; sees bye
        cmp before after
        """);
  }

  @Test
  void a_full_screen_program_has_the_terminal_and_gives_it_back() {
    type(
        """
        keys '"$L" less /etc/services; echo by""e' Enter; until_ 5000 'screen | grep -q tcpmux'
        keys q; sees bye
        """);
  }

  @Test
  void an_editor_has_the_terminal_and_its_file_is_written() {
    type(
        """
        keys '"$L" vi -u NONE page; echo by""e' Enter; until_ 5000 'screen | grep -q "^~"'
        keys ihello Escape :wq Enter; sees bye; keys 'clear; cat page' Enter; sees hello
        """);
  }

  @Test
  void a_pager_behind_lockex_has_the_terminal() {
    type(
        """
        keys '"$L" cat /etc/services | less; echo by""e' Enter; until_ 5000 'screen | grep -q tcpmux'
        keys q; sees bye
        """);
  }

  @Test
  void a_command_in_a_pipeline_gets_the_terminal_when_it_asks() {
    type(
        """
        keys '"$L" sh -c "read x </dev/tty; echo got \\$x" | cat' Enter; sleep 1; keys hello Enter
        sees got hello
        """);
  }

  @Test
  void ctrl_C_reaches_both_ends_of_a_pipeline_into_lockex() {
    type(
        """
        keys 'while sleep 0.1; do echo abc; done | "$L" grep b' Enter; sees abc; keys C-c
        sleep 0.3; keys 'clear; echo by""e' Enter; sees bye
        """);
  }

  @Test
  void in_the_background_it_does_not_take_the_terminal_and_fg_brings_it_back() {
    type(
        """
        keys '"$L" sleep 8404 &' Enter; ready 8404; keys 'echo mi""ne' Enter; sees mine
        keys clear Enter fg Enter; sees '"$L" sleep 8404'; keys C-c; until_ 5000 gone || echo alive
        keys 'clear; "$L" cat &' Enter; sleep 1.5; keys Enter fg Enter; sleep 0.5; keys line Enter
        until_ 5000 '[ "$(screen | grep -cx line)" = 2 ]' || screen; keys C-d
        keys 'clear; echo by""e' Enter; sees bye
        """);
  }

  @Test
  void the_command_is_dead_when_the_terminal_closes() {
    type(
        """
        keys '"$L" sleep 8405' Enter; ready 8405; t kill-server; until_ 5000 gone || echo alive
        """);
  }

  @Test
  void a_command_stopped_without_a_terminal_leaves_lockex_running() {
    Driven.Result result =
        driven.run(
            """
            setsid "$L" sleep 8406 & until_ 5000 runs sleep 8406; c=$(cat pids); kill -STOP $c; sleep 0.3
            ps -o state= -p $(ps -o ppid= -p $c); kill -CONT $c; kill $c; wait; echo ended
            """);
    assertTrue(result.out().endsWith("ended\n"), result::toString);
    assertFalse(result.out().startsWith("T"), result::toString);
  }
}
