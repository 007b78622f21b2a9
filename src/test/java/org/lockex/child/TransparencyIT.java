package org.lockex.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command finds everything as it would without lockex, whichever shell runs the launcher. */
class TransparencyIT {
  /**
   * Environment, limits, mask, folder, signals, descriptors; what differs by nature is left out.
   */
  private static final String STATE =
      """
      env -0 | tr '\\0' '\\n' | grep -v '^_=' | cut -c1-200; ulimit -a; umask; pwd
      grep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status
      ls -l /proc/self/fd | sed -n 's/.* \\([0-9]* -> .*\\)/\\1/p' | sed 's/:\\[.*//; /proc.*fd$/d'
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          /bin/dash         | "$@"
          /bin/dash         | env -i "$@"
          /bin/dash         | env -i 'BASH_FUNC_x%%=() { :; }' a.b=c PWD=/x SHLVL=7 OLDPWD=/q home=1 "$@"
          /bin/dash         | JAVA_TOOL_OPTIONS=-Xx _JAVA_OPTIONS=-Xx JDK_JAVA_OPTIONS=-Xx JDK_AOT_VM_OPTIONS=-Xx "$@"
          /bin/dash         | LOCKEX_CAPTURE_0=00 LOCKEX_CAPTURE_1=00 "$@"
          /bin/dash         | nohup "$@"
          /bin/dash         | trap '' INT QUIT PIPE USR2 HUP TERM TSTP; "$@"
          /bin/dash         | exec 3</dev/null 4>/dev/null 7<&0 63</etc/passwd 200>/dev/null; "$@"
          /bin/dash         | "$@" <&-
          /bin/dash         | "$@" 2>&-
          /bin/dash         | "$@" <&- 2>&- 3</etc/passwd
          /bin/dash         | ulimit -n 300; ulimit -c 0; ulimit -s 4096; umask 027; cd /usr/lib; "$@"
          /bin/dash         | A=$(printf %060000d 0) B=$(printf %061000d 1) C=d "$@"
          /bin/bash --posix | "$@"
          /bin/bash --posix | env -i 'BASH_FUNC_x%%=() { :; }' a.b=c PWD=/x SHLVL=7 OLDPWD=/q home=1 "$@"
          /bin/bash --posix | trap '' INT QUIT PIPE USR2 HUP TERM TSTP CHLD; "$@"
          /bin/bash --posix | "$@" <&- 2>&- 3</etc/passwd
          """)
  void the_state_is_the_same_with_and_without_lockex(String shell, String how) throws IOException {
    Driven driven = Driven.in(folder.resolve("a folder"), shell);
    String script = "state() { %s\n}\nprintf %%s \"$S\" >state; ".formatted(how);
    String state = "S=$(cat <<'END'\n" + STATE + "END\n); ";
    Driven.Result without = driven.run(state + script + "state /bin/sh \"$PWD/state\" | cat");
    Driven.Result with = driven.run(state + script + "state \"$L\" /bin/sh \"$PWD/state\" | cat");
    assertEquals(without.out(), with.out(), with.err());
    assertEquals(without.err(), with.err());
    assertTrue(without.out().contains("SigIgn"), without::out);
  }
}
