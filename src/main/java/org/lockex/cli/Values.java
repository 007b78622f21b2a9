package org.lockex.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.ParseResult;

/** Values of options, converted with errors that name the option as it was typed. */
public final class Values {
  private Values() {}

  /**
   * An option's value.
   *
   * @param <T> what it becomes
   * @param parsed a command line that may have the option
   * @param name any of the option's names
   * @param conversion throws IllegalArgumentException with what is wrong
   * @param otherwise where the option is not given
   * @return the value
   * @throws UsageException where it does not convert
   */
  public static <T> T read(
      ParseResult parsed, String name, Function<String, T> conversion, T otherwise)
      throws UsageException {
    if (!parsed.hasMatchedOption(name)) {
      return otherwise;
    }
    return convert(typed(parsed, name), parsed.matchedOptionValue(name, ""), conversion);
  }

  /**
   * A text's value.
   *
   * @param <T> what it becomes
   * @param what the text is, for the message
   * @param text as it was typed
   * @param conversion throws IllegalArgumentException with what is wrong
   * @return the value
   * @throws UsageException where it does not convert
   */
  public static <T> T convert(String what, String text, Function<String, T> conversion)
      throws UsageException {
    try {
      return conversion.apply(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(what + ": " + e.getMessage());
    }
  }

  /**
   * A whole number within bounds, both included.
   *
   * @param parsed a command line that may have the option
   * @param name any of the option's names
   * @param least that is taken
   * @param most that is taken
   * @param otherwise where the option is not given
   * @return the number
   * @throws UsageException where it is none, or out of bounds
   */
  public static int number(ParseResult parsed, String name, int least, int most, int otherwise)
      throws UsageException {
    return read(
        parsed,
        name,
        text -> {
          int number;
          try {
            number = Integer.parseInt(text);
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a whole number: " + text, e);
          }
          if (number < least || number > most) {
            throw new IllegalArgumentException(
                most == Integer.MAX_VALUE
                    ? "must be at least " + least + ": " + text
                    : "must be from " + least + " to " + most + ": " + text);
          }
          return number;
        },
        otherwise);
  }

  /**
   * A file's name.
   *
   * @param parsed a command line that may have the option
   * @param name any of the option's names
   * @return the name; empty where the option is not given
   * @throws UsageException where it is none: an empty one would be the working directory
   */
  public static Optional<Path> file(ParseResult parsed, String name) throws UsageException {
    return parsed.hasMatchedOption(name)
        ? Optional.of(read(parsed, name, Values::file, Path.of("")))
        : Optional.empty();
  }

  private static Path file(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("names no file");
    }
    return Path.of(text);
  }

  /**
   * A duration of more than zero.
   *
   * @param parsed a command line that may have the option
   * @param name any of the option's names
   * @param otherwise where the option is not given
   * @return the duration
   * @throws UsageException where it is none, or zero
   */
  public static Duration positive(ParseResult parsed, String name, Duration otherwise)
      throws UsageException {
    Duration duration = read(parsed, name, DurationText::parse, otherwise);
    if (duration.isZero()) {
      throw new UsageException(typed(parsed, name) + ": must be more than zero");
    }
    return duration;
  }

  /** The option's name as it was typed; the words of a command that follows are none of ours. */
  private static String typed(ParseResult parsed, String name) {
    List<String> words = parsed.originalArgs();
    int following = parsed.matchedPositionalValue(0, List.of()).size();
    return Arguments.typed(words.subList(0, words.size() - following), parsed.matchedOption(name));
  }
}
