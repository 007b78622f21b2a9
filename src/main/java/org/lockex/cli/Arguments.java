package org.lockex.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reads a command line with picocli, and says in our own words what is wrong with it. */
public final class Arguments {
  private Arguments() {}

  /**
   * Reads the words.
   *
   * @param line with all options declared
   * @param words after the program's name
   * @param program as it is typed, for the advice
   * @return what was found
   * @throws UsageException with one clause that says what is wrong, and with which word
   */
  public static ParseResult parse(CommandLine line, List<String> words, String program)
      throws UsageException {
    String advice = ": see " + program + " --help";
    try {
      return line.parseArgs(words.toArray(String[]::new));
    } catch (UnmatchedArgumentException e) {
      String word = e.getUnmatched().getFirst();
      throw new UsageException(
          (isOption(word)
                  ? "unknown option " + word + meant(line, word)
                  : "one word too many, " + word)
              + advice);
    } catch (MissingParameterException e) {
      ArgSpec missing = e.getMissing().getFirst();
      throw new UsageException(
          missing instanceof OptionSpec option
              ? typed(words, option) + ": needs " + option.paramLabel()
              : missing.paramLabel() + " is missing" + advice);
    } catch (ParameterException e) {
      throw new UsageException(flagWithValue(line, words).orElse("not understood" + advice));
    }
  }

  private static Optional<String> flagWithValue(CommandLine line, List<String> words) {
    for (OptionSpec option : line.getCommandSpec().options()) {
      for (String word : words) {
        int value = word.indexOf('=');
        if (option.arity().max() == 0
            && value > 0
            && Arrays.asList(option.names()).contains(word.substring(0, value))) {
          return Optional.of(word.substring(0, value) + ": takes no value");
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isOption(String word) {
    return word.length() > 1 && word.startsWith("-");
  }

  private static String meant(CommandLine line, String word) {
    List<String> known = new ArrayList<>();
    line.getCommandSpec().options().forEach(option -> known.addAll(Arrays.asList(option.names())));
    int value = word.indexOf('=');
    Optional<String> meant = CloseWords.meant(value < 0 ? word : word.substring(0, value), known);
    return meant.map(name -> ", " + name + " may be meant").orElse("");
  }

  /**
   * The name by which an option stands in a command line: the last one, which counts.
   *
   * @param words of the command line
   * @param option that is among them
   * @return one of its names; the longest where it hides behind another short one
   */
  static String typed(List<String> words, OptionSpec option) {
    String typed = option.longestName();
    for (String word : words) {
      for (String name : option.names()) {
        boolean isShort = name.length() == 2;
        if (word.equals(name) || word.startsWith(isShort ? name : name + "=")) {
          typed = name;
        }
      }
    }
    return typed;
  }
}
