package org.lockex.build;

import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completion for zsh: arguments of {@code _arguments}, zshcompsys(1). */
final class ZshCompletion {
  private static final String TOOL =
      """
      #compdef lockexctl
      # Made from lockexctl's options by the build.
      local context state state_descr line
      typeset -A opt_args
      _arguments -C -S \\
      %s  '1:subcommand:->subcommand' \\
        '*::argument:->argument' && return
      case $state in
        subcommand)
          local -a subcommands=(
      %s    )
          _describe subcommand subcommands
          ;;
        argument)
          case $line[1] in
      %s    esac
          ;;
      esac
      """;

  private ZshCompletion() {}

  /** A program whose words after its options are another command. */
  static String ofWrapper(CommandSpec spec) {
    return "#compdef lockex\n# Made from lockex's options by the build.\n_arguments -S \\\n"
        + options(spec, "  ")
        + "  '(-):command:_command_names -e' \\\n  '*::arguments:_normal'\n";
  }

  /** A program with nothing but options. */
  static String ofPlain(CommandSpec spec) {
    String options = options(spec, "  ");
    return "#compdef %1$s\n# Made from %1$s's options by the build.\n_arguments -S \\\n"
            .formatted(spec.name())
        + options.substring(0, options.length() - 3)
        + "\n";
  }

  /** A program with subcommands. */
  static String ofTool(CommandSpec spec) {
    Map<String, CommandLine> subcommands = spec.subcommands();
    String names =
        subcommands.entrySet().stream()
            .map(sub ->
                "      '"
                    + sub.getKey()
                    + ":"
                    + quoted(sub.getValue().getCommandSpec().usageMessage().description()[0])
                    + "'\n")
            .collect(Collectors.joining());
    String cases =
        subcommands.entrySet().stream()
            .map(sub -> cases(sub.getKey(), sub.getValue().getCommandSpec()))
            .collect(Collectors.joining());
    return TOOL.formatted(options(spec, "  "), names, cases);
  }

  private static String cases(String name, CommandSpec spec) {
    String words =
        spec.positionalParameters().isEmpty()
            ? ""
            : name.equals("local")
                ? "          '1:what:(status stop)'\n"
                : "          '1:" + spec.positionalParameters().getFirst().paramLabel() + ":'\n";
    String all = options(spec, "          ") + words;
    String last = all.stripTrailing();
    return "      "
        + name
        + ")\n        _arguments -S \\\n"
        + (last.endsWith("\\") ? last.substring(0, last.length() - 2) : last)
        + " ;;\n";
  }

  private static String options(CommandSpec spec, String indent) {
    return spec.options().stream()
        .map(option -> indent + option(option) + " \\\n")
        .collect(Collectors.joining());
  }

  private static String option(OptionSpec option) {
    String[] names = option.names();
    String tail =
        "'["
            + quoted(String.join(" ", option.description()))
            + "]"
            + (BashCompletion.takesValue(option) ? ":" + quoted(option.paramLabel()) + ":" : "")
            + (BashCompletion.takesFile(option) ? "_files" : "")
            + "'";
    return names.length == 1
        ? names[0] + tail
        : "'(" + String.join(" ", names) + ")'{" + String.join(",", names) + "}" + tail;
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\")
        .replace("'", "'\\''")
        .replace("[", "\\[")
        .replace("]", "\\]")
        .replace(":", "\\:");
  }
}
