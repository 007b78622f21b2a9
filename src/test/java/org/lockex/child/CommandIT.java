package org.lockex.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command is given, and what comes back from it. */
class CommandIT {
  @TempDir Path folder;
  private Driven driven;

  @BeforeEach
  void make() throws IOException {
    driven = Driven.in(folder, "/bin/sh");
  }

  @Test
  void every_exit_code_and_every_deadly_signal_comes_back() {
    assertEquals("all as expected\n", driven.run("DRIVER=-Ddriver.codes=true exec \"$L\"").err());
  }

  @Test
  void a_program_that_is_not_there_is_127_and_one_that_cannot_be_executed_126() {
    driven.run("\"$L\" ./nosuch").assertIs(127, "");
    driven.run("\"$L\" nosuch").assertIs(127, "");
    driven.run("\"$L\" ''").assertIs(127, "");
    driven.run("\"$L\" /").assertIs(126, "");
    driven.run("echo exit 3 >x; \"$L\" ./x").assertIs(126, "");
    assertTrue(driven.run("\"$L\" nosuch").err().contains("nosuch: No such file or directory"));
  }

  @Test
  void a_script_without_an_interpreter_is_given_to_sh() {
    driven
        .run("mkdir p; printf 'echo \"$0,$1\"; exit 3' >p/x; chmod +x p/x; \"$L\" p/x 'a b'")
        .assertIs(3, "p/x,a b\n");
    driven
        .run("printf 'echo \"$1\"' >\"$PWD/p/y\"; chmod +x p/y; PATH=$PWD/p:$PATH \"$L\" y 'a b'")
        .assertIs(0, "a b\n");
  }

  @Test
  void arguments_and_environment_are_bytes_in_any_locale() {
    driven
        .run(
            """
            "$L" sh -c 'printf %s "$1" | od -An -tx1' x $'\\xdc\\x01\\n@f'
            env -i LC_ALL=C L1=$'\\xfc' 'BASH_FUNC_x%%=() { :; }' a.b=c "$L" env -0 | tr '\\0' '\\n'
            """)
        .assertIs(0, " dc 01 0a 40 66\nLC_ALL=C\nL1=\ufffd\nBASH_FUNC_x%%=() { :; }\na.b=c\n");
  }

  @Test
  void what_a_service_manager_tells_lockex_by_its_pid_it_tells_the_command() {
    driven
        .run(
            """
            sh -c 'exec env a.b=c WATCHDOG_PID=7 -x=y LISTEN_PID=$$ "$0" env' "$L" | grep -e a.b -e -x -e WATCH
            cat >told <<'END'
            [ "$LISTEN_PID" = $$ ] && echo mine; echo "$1"; exit 6
            END
            sh -c 'LISTEN_PID=$$ exec "$0" sh ./told "x  y"' "$L"; echo $?
            sh -c 'LISTEN_PID=$$ exec "$0" nosuch' "$L" 2>/dev/null; echo $?
            LISTEN_PID=1 "$L" sh -c 'echo $LISTEN_PID'
            """)
        .assertIs(0, "a.b=c\nWATCHDOG_PID=7\n-x=y\nmine\nx  y\n6\n127\n1\n");
  }

  @Test
  void a_mebibyte_of_binary_goes_through_cat_unchanged() {
    driven
        .run("head -c 1048576 /dev/urandom >a; \"$L\" cat <a >b; cmp a b && echo same")
        .assertIs(0, "same\n");
  }

  @Test
  void what_the_command_closes_is_closed_for_its_peers() {
    driven
        .run("\"$L\" sh -c 'exec >&-; sleep 1; echo closed >&2' | { cat; echo eof >&2; }")
        .assertIs(0, "");
    assertEquals(
        "eof\nclosed\n",
        driven
            .run("\"$L\" sh -c 'exec >&-; sleep 1; echo closed >&2' | { cat; echo eof >&2; }")
            .err());
    assertEquals(
        "eof\nclosed\n",
        driven
            .run(
                "\"$L\" sh -c 'exec 5>&-; sleep 1; echo closed >&2' 5>&1 >/dev/null | { cat; echo eof >&2; }")
            .err());
  }

  @Test
  void a_substituted_output_is_complete_at_once() {
    driven.run("x=$(\"$L\" echo hi); echo \"$x\"").assertIs(0, "hi\n");
    driven.run("\"$L\" cat <(echo a)").assertIs(0, "a\n");
  }

  @Test
  void a_detached_process_shares_nothing_with_its_starter() {
    driven
        .run(
            """
            exec 5</etc/passwd
            x=$(DRIVER=-Ddriver.detach=log "$L" /bin/sh -c '
              pwd; umask; readlink /proc/self/fd/[0-2]; ls /proc/self/fd | wc -l
              read -r pid _ _ _ _ session _ </proc/self/stat; echo $pid $session; sleep 1; echo end')
            echo "[$x]"
            until_ 3000 grep -q end log; read -r _ _ _ _ _ mine _ </proc/self/stat
            sed "s/^[0-9]* $mine$/same session/; s/^[0-9]* [0-9]*$/own session/" log
            """)
        .assertIs(
            0,
            "[]\n/\n0077\n/dev/null\n" + (folder + "/log\n").repeat(2) + "4\nown session\nend\n");
  }
}
