package org.lockex.cli;

import java.util.ArrayList;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options built without annotations: picocli's reflection costs 50 ms and more at start. */
final class OptionSpecs {
  /** picocli's own looks for Groovy in every jar. */
  private static final IFactory FACTORY = new Lists();

  private OptionSpecs() {}

  /** A command without options yet. */
  static CommandSpec command() {
    return CommandSpec.wrapWithoutInspection(null, FACTORY);
  }

  /** What reads the command's arguments: no files of arguments, the last of an option counts. */
  static CommandLine line(CommandSpec command) {
    return new CommandLine(command, FACTORY)
        .setExpandAtFiles(false)
        .setOverwrittenOptionsAllowed(true);
  }

  static OptionSpec value(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(String.class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  static OptionSpec flag(String description, String... names) {
    return OptionSpec.builder(names)
        .type(boolean.class)
        .arity("0")
        .description(description)
        .build();
  }

  /** Makes what collects the words of a positional parameter; nothing else is asked for. */
  private static final class Lists implements IFactory {
    @Override
    public <K> K create(Class<K> type) {
      return type.cast(new ArrayList<>());
    }
  }
}
