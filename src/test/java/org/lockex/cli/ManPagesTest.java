package org.lockex.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.lockex.ExitCode;
import org.lockex.cli.lockex.LockexCommand;
import org.lockex.cli.lockexctl.LockexctlCommand;
import org.lockex.cli.lockexd.LockexdCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The man pages know what the programs know, and nothing else. */
class ManPagesTest {
  private static final String OPTIONS = "== OPTIONS";

  @Test
  void lockex_1_explains_every_option_and_no_other() throws IOException {
    assertEquals(
        lines(declared(LockexCommand.spec())),
        lines(ManPage.of("lockex.1").options(OPTIONS).stream()));
  }

  @Test
  void lockexd_8_explains_every_option_and_no_other() throws IOException {
    assertEquals(
        lines(declared(LockexdCommand.spec())),
        lines(ManPage.of("lockexd.8").options(OPTIONS).stream()));
  }

  @Test
  void lockexctl_1_explains_every_common_option_and_no_other() throws IOException {
    assertEquals(
        lines(declared(LockexctlCommand.spec())),
        lines(ManPage.of("lockexctl.1").options(OPTIONS).stream()));
  }

  @Test
  void lockexctl_1_explains_every_subcommand_with_its_options_and_no_other() throws IOException {
    CommandSpec lockexctl = LockexctlCommand.spec();
    Set<String> common = declared(lockexctl).collect(Collectors.toSet());
    ManPage page = ManPage.of("lockexctl.1");
    assertEquals(
        LockexctlCommand.synopses().stream().map(synopsis -> "=== " + synopsis).toList(),
        page.section("== SUBCOMMANDS").stream().filter(line -> line.startsWith("===")).toList());
    for (String synopsis : LockexctlCommand.synopses()) {
      CommandSpec subcommand =
          lockexctl.subcommands().get(synopsis.split(" ", 2)[0]).getCommandSpec();
      assertEquals(
          lines(declared(subcommand).filter(option -> !common.contains(option))),
          lines(page.options("=== " + synopsis).stream()),
          synopsis);
    }
  }

  @Test
  void lockex_1_explains_every_exit_code_and_no_other() throws IOException {
    assertEquals(
        Arrays.stream(ExitCode.values()).map(code -> code.code() + " " + code.meaning()).toList(),
        ManPage.of("lockex.1")
            .terms("== EXIT STATUS", "\\d+")
            .map(term -> term.group(1) + " " + term.group(2))
            .toList());
  }

  @Test
  void lockex_1_explains_every_variable_the_command_gets() throws IOException {
    List<String> variables =
        Pattern.compile("^\\| `(LOCKEX_\\w+)` \\| (.*) \\|$", Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("docs/fencing.md")))
            .results()
            .map(row -> row.group(1))
            .toList();
    assertEquals(
        variables,
        ManPage.of("lockex.1")
            .terms("== ENVIRONMENT", "LOCKEX_\\w+")
            .map(term -> term.group(1))
            .toList());
  }

  @Test
  void examples_are_those_of_the_readme() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    List<String> examples = ManPage.of("lockex.1").examples("== EXAMPLES");
    assertTrue(examples.size() >= 8, examples::toString);
    for (String example : examples) {
      assertTrue(readme.contains(example), () -> "not in the README: " + example);
    }
  }

  private static Stream<String> declared(CommandSpec spec) {
    return spec.options().stream()
        .map(option ->
            String.join(" ", option.names())
                + (takesValue(option) ? " " + option.paramLabel() : ""));
  }

  private static boolean takesValue(OptionSpec option) {
    return option.arity().max() > 0;
  }

  /** One option in a line, sorted: what differs is seen at once. */
  private static String lines(Stream<String> options) {
    return options.collect(Collectors.toCollection(TreeSet::new)).stream()
        .collect(Collectors.joining("\n"));
  }
}
