package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.lockex.cli.lockex.LockexCommand;
import org.lockex.cli.lockexctl.LockexctlCommand;
import org.lockex.cli.lockexd.LockexdCommand;
import picocli.CommandLine.Model.CommandSpec;

/** The completion that the image brings, in a real bash and a real zsh. */
class CompletionE2E {
  private static final Path BASH = Image.HOME.resolve("share/bash-completion/completions");
  private static final Path ZSH = Image.HOME.resolve("share/zsh/site-functions");

  /** What bash offers for the last of {@code words}, sorted. */
  private static List<String> offers(String program, String... words) {
    String script =
        "set -eu; . '%s'; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _%s; printf '%%s\\n' \"${COMPREPLY[@]}\""
            .formatted(BASH.resolve(program), program);
    List<String> command = Image.with("bash", "-c", script, "bash", program);
    command.addAll(Arrays.asList(words));
    Image.Result result = Image.start(Map.of(), new byte[0], command).end();
    assertEquals("", result.err());
    return result.out().lines().filter(line -> !line.isEmpty()).sorted().toList();
  }

  private static List<String> options(CommandSpec spec) {
    TreeSet<String> names = new TreeSet<>();
    spec.options().forEach(option -> names.addAll(Arrays.asList(option.names())));
    return List.copyOf(names);
  }

  @Test
  void bash_offers_every_option_of_lockex_and_then_commands() {
    assertEquals(options(LockexCommand.spec()), offers("lockex", "-"));
    assertEquals(List.of("--once-per", "--once-per-attempt"), offers("lockex", "-v", "--once"));
    assertTrue(offers("lockex", "-i", "x", "hea").contains("head"));
    assertTrue(offers("lockex", "--", "hea").contains("head"));
    assertEquals(List.of(), offers("lockex", "-i", "-"));
    assertEquals(List.of("/etc/os-release"), offers("lockex", "cat", "/etc/os-release"));
    assertEquals(List.of(), offers("lockex", "--", "ls", "--onc"));
  }

  @Test
  void bash_offers_the_subcommands_of_lockexctl_and_their_options() {
    CommandSpec spec = LockexctlCommand.spec();
    assertEquals(spec.subcommands().keySet().stream().sorted().toList(), offers("lockexctl", ""));
    assertEquals(options(spec), offers("lockexctl", "-"));
    spec.subcommands()
        .forEach((name, line) ->
            assertEquals(
                options(line.getCommandSpec()), offers("lockexctl", "-v", name, "-"), name));
    assertEquals(List.of("status", "stop"), offers("lockexctl", "local", ""));
  }

  @Test
  void bash_offers_every_option_of_lockexd_and_files_where_one_is_due() {
    assertEquals(options(LockexdCommand.spec()), offers("lockexd", ""));
    assertEquals(List.of(), offers("lockexd", "--listen", ""));
    assertEquals(List.of("/etc/os-release"), offers("lockexd", "--config", "/etc/os-release"));
  }

  /** The options that the function for zsh declares, for a subcommand if there is one. */
  private static List<String> zshOptions(String program, String subcommand) {
    // Instead of zsh's own, which needs a line editor: each argument is (others)name[text]:value:
    String script =
        "_arguments() { print -rl -- \"$@\"; state=argument line=($sub); return 1 }\n"
            + "run() { . \"$1\" }; sub=$2; run \"$1\"";
    List<String> command =
        List.of("zsh", "-fc", script, "zsh", ZSH.resolve("_" + program).toString(), subcommand);
    Image.Result result = Image.start(Map.of(), new byte[0], command).end();
    assertEquals("", result.err());
    return Pattern.compile("^(?:\\([^)]*\\))?(--?[a-zA-Z][a-z-]*)\\[.+\\]", Pattern.MULTILINE)
        .matcher(result.out())
        .results()
        .map(match -> match.group(1))
        .distinct()
        .sorted()
        .toList();
  }

  @Test
  void zsh_knows_every_option_and_no_other() {
    assertEquals(options(LockexCommand.spec()), zshOptions("lockex", ""));
    assertEquals(options(LockexdCommand.spec()), zshOptions("lockexd", ""));
    CommandSpec lockexctl = LockexctlCommand.spec();
    lockexctl
        .subcommands()
        .forEach((name, line) -> {
          TreeSet<String> known = new TreeSet<>(options(lockexctl));
          known.addAll(options(line.getCommandSpec()));
          assertEquals(List.copyOf(known), zshOptions("lockexctl", name), name);
        });
  }
}
