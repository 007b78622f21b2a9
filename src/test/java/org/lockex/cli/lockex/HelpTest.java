package org.lockex.cli.lockex;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;

class HelpTest {
  @Test
  void names_every_option_on_at_most_60_lines_of_80() {
    String help = Help.of(LockexCommand.spec());
    List<String> lines = help.lines().toList();
    assertTrue(lines.size() <= 60, () -> lines.size() + " lines:\n" + help);
    for (String line : lines) {
      assertTrue(line.length() <= 80, line);
    }
    for (OptionSpec option : LockexCommand.spec().options()) {
      for (String name : option.names()) {
        assertTrue((help + " ").matches("(?s).*[\\s/]" + name + "[\\s=,/].*"), name);
      }
    }
  }
}
