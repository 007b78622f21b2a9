package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.lockex.cli.LockexCommand;
import org.lockex.cli.LockexctlCommand;
import picocli.CommandLine.Model.CommandSpec;

/** The completion that the image brings, in a real bash. */
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
  void zsh_has_a_function_for_each() throws Exception {
    for (String program : List.of("lockex", "lockexctl")) {
      Path function = ZSH.resolve("_" + program);
      assertTrue(Files.readString(function).startsWith("#compdef " + program + "\n"));
      if (Files.exists(Path.of("/usr/bin/zsh"))) {
        Image.Result result =
            Image.start(Map.of(), new byte[0], List.of("zsh", "-n", function.toString())).end();
        assertEquals("", result.err());
      }
    }
  }
}
