package org.lockex.cli;

import java.util.ArrayList;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options built without annotations: picocli's reflection costs 50 ms and more at start. */
public final class OptionSpecs {
  /** picocli's own looks for Groovy in every jar. */
  private static final IFactory FACTORY = new Lists();

  private OptionSpecs() {}

  /** {@return a command without options yet} */
  public static CommandSpec command() {
    return CommandSpec.wrapWithoutInspection(null, FACTORY);
  }

  /**
   * What reads a command's arguments: no files of arguments, the last of an option counts.
   *
   * @param command with all its options
   * @return its parser
   */
  public static CommandLine line(CommandSpec command) {
    return new CommandLine(command, FACTORY)
        .setExpandAtFiles(false)
        .setOverwrittenOptionsAllowed(true);
  }

  /**
   * An option with a value.
   *
   * @param label the value's name in the help
   * @param description a clause for the help
   * @param names the short ones first
   * @return its declaration
   */
  public static OptionSpec value(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(String.class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  /**
   * An option without a value.
   *
   * @param description a clause for the help
   * @param names the short ones first
   * @return its declaration
   */
  public static OptionSpec flag(String description, String... names) {
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
