package org.lockex.build;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completion for bash, with or without the package bash-completion. */
final class BashCompletion {
  private static final String WRAPPER =
      """
      # bash completion for lockex, made from its options by the build.
      _lockex() {
        local cur=${COMP_WORDS[COMP_CWORD]} at=1 command=''
        COMPREPLY=()
        while [ "$at" -lt "$COMP_CWORD" ]; do
          case ${COMP_WORDS[at]} in
            --) at=$((at + 1)) command=yes; break ;;
            %1$s) at=$((at + 2)) ;;
            -*) at=$((at + 1)) ;;
            *) command=yes; break ;;
          esac
        done
        if [ "$at" -gt "$COMP_CWORD" ]; then
          return # the value of an option
        fi
        if [ -z "$command" ] && [[ $cur == -* ]]; then
          mapfile -t COMPREPLY < <(compgen -W '%2$s' -- "$cur")
        elif [ "$at" -lt "$COMP_CWORD" ] && declare -F _command_offset > /dev/null; then
          _command_offset "$at" # the command's own completion
        elif [ "$at" -lt "$COMP_CWORD" ]; then
          mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        else
          mapfile -t COMPREPLY < <(compgen -c -- "$cur")
        fi
      }
      complete -o filenames -F _lockex lockex
      """;

  private static final String TOOL =
      """
      # bash completion for lockexctl, made from its options by the build.
      _lockexctl() {
        local cur=${COMP_WORDS[COMP_CWORD]} at=1 sub='' options='%2$s'
        COMPREPLY=()
        while [ "$at" -lt "$COMP_CWORD" ]; do
          case ${COMP_WORDS[at]} in
            %1$s) at=$((at + 2)) ;;
            -*) at=$((at + 1)) ;;
            *) sub=${sub:-${COMP_WORDS[at]}} at=$((at + 1)) ;;
          esac
        done
        if [ "$at" -gt "$COMP_CWORD" ]; then
          return # the value of an option
        fi
        case $sub in
          '') [[ $cur == -* ]] || options='%3$s' ;;
      %4$s    esac
        if [[ $cur == -* ]] || [ -z "$sub" ]; then
          mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        elif [ "$sub" = local ]; then
          mapfile -t COMPREPLY < <(compgen -W 'status stop' -- "$cur")
        fi
      }
      complete -F _lockexctl lockexctl
      """;

  private static final String PLAIN =
      """
      # bash completion for %1$s, made from its options by the build.
      _%1$s() {
        local cur=${COMP_WORDS[COMP_CWORD]}
        COMPREPLY=()
        case ${COMP_WORDS[COMP_CWORD - 1]} in
          %2$s) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
          %3$s) ;; # the value of an option
          *) mapfile -t COMPREPLY < <(compgen -W '%4$s' -- "$cur") ;;
        esac
      }
      complete -o filenames -F _%1$s %1$s
      """;

  private BashCompletion() {}

  /** A program with nothing but options. */
  static String ofPlain(CommandSpec spec) {
    String files = names(spec.options().stream().filter(BashCompletion::takesFile));
    return PLAIN.formatted(spec.name(), files, valued(Stream.of(spec)), options(spec));
  }

  /** A program whose words after its options are another command. */
  static String ofWrapper(CommandSpec spec) {
    return WRAPPER.formatted(valued(Stream.of(spec)), options(spec));
  }

  /** A program with subcommands. */
  static String ofTool(CommandSpec spec) {
    Map<String, CommandLine> subcommands = spec.subcommands();
    String cases =
        subcommands.entrySet().stream()
            .map(sub ->
                "    "
                    + sub.getKey()
                    + ") options='"
                    + options(sub.getValue().getCommandSpec())
                    + "' ;;\n")
            .collect(Collectors.joining());
    Stream<CommandSpec> all =
        Stream.concat(
            Stream.of(spec), subcommands.values().stream().map(CommandLine::getCommandSpec));
    return TOOL.formatted(
        valued(all), options(spec), String.join(" ", subcommands.keySet()), cases);
  }

  private static String options(CommandSpec spec) {
    return spec.options().stream()
        .flatMap(option -> Arrays.stream(option.names()))
        .collect(Collectors.joining(" "));
  }

  /** The names of the options that take a value, as a pattern of {@code case}. */
  private static String valued(Stream<CommandSpec> specs) {
    return names(specs.flatMap(spec -> spec.options().stream()).filter(BashCompletion::takesValue));
  }

  private static String names(Stream<OptionSpec> options) {
    return options
        .flatMap(option -> Arrays.stream(option.names()))
        .distinct()
        .collect(Collectors.joining(" | "));
  }

  /** By the name of its value. */
  static boolean takesFile(OptionSpec option) {
    return takesValue(option) && option.paramLabel().matches(".*(FILE|PEM|DIR)");
  }

  static boolean takesValue(OptionSpec option) {
    return option.arity().max() > 0;
  }
}
