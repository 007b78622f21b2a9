package org.lockex.inspect.check;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.lockex.cli.lockexctl.CheckLimits;
import org.lockex.inspect.text.Table;
import org.lockex.metrics.LockFigures;
import org.lockex.znode.JsonWriter;

/**
 * What {@code lockexctl check} answers, as monitoring plugins do: one line with its status, what is
 * wrong, and performance data.
 *
 * @param status the worst of all locks
 * @param words what is said
 * @param locks what was looked at
 * @param data performance data, each behind a blank
 */
public record CheckAnswer(CheckStatus status, String words, List<JsonWriter> locks, String data) {
  /** So many locks are named in the line, and have performance data of their own. */
  private static final int NAMED = 20;

  /**
   * Nobody could look.
   *
   * @param why one clause
   * @return the answer
   */
  public static CheckAnswer unknown(String why) {
    return new CheckAnswer(
        CheckStatus.UNKNOWN, Table.printable(why).replace('|', '/'), List.of(), "");
  }

  /**
   * Judges locks.
   *
   * @param all the locks that were asked for
   * @param critical from when on a lock is critical
   * @param warning from when on it is worth a warning
   * @param now the time by the servers
   * @return the answer
   */
  public static CheckAnswer of(
      Collection<LockFigures> all, CheckLimits critical, CheckLimits warning, Instant now) {
    boolean ages = critical.age().isPresent() || warning.age().isPresent();
    CheckStatus worst = all.isEmpty() && ages ? CheckStatus.CRITICAL : CheckStatus.OK;
    List<CheckedLock> checked = new ArrayList<>();
    for (LockFigures figures : all) {
      CheckedLock lock = CheckedLock.of(figures, critical, warning, now);
      checked.add(lock);
      worst = worst.orWorse(lock.status());
    }
    StringBuilder data = new StringBuilder();
    if (checked.size() <= NAMED) {
      for (CheckedLock lock : checked) {
        data(data, lock, critical, warning);
      }
    }
    return new CheckAnswer(
        worst,
        words(checked, ages),
        checked.stream().map(CheckAnswer::json).toList(),
        data.toString());
  }

  private static String words(List<CheckedLock> all, boolean ages) {
    List<CheckedLock> wrong =
        all.stream()
            .filter(lock -> lock.status() != CheckStatus.OK)
            .sorted((a, b) -> b.status().compareTo(a.status()))
            .toList();
    List<CheckedLock> told = wrong.isEmpty() && all.size() == 1 ? all : wrong;
    if (told.isEmpty()) {
      return all.isEmpty() ? "no such lock" : all.size() + " locks";
    }
    List<String> words = told.stream().limit(NAMED).map(lock -> lock.words(ages)).toList();
    int more = told.size() - words.size();
    return String.join("; ", words) + (more > 0 ? "; and " + more + " more" : "");
  }

  private static void data(
      StringBuilder data, CheckedLock lock, CheckLimits critical, CheckLimits warning) {
    LockFigures figures = lock.figures();
    if (figures.readable()) {
      data(data, figures.id() + " held", figures.held(), warning.held(), critical.held());
      data(data, figures.id() + " wait", figures.oldestWait(), warning.waited(), critical.waited());
      label(data, figures.id() + " waiting").append(figures.waiters()).append(";;;0");
    }
    if (lock.age().isPresent()) {
      data(data, figures.id() + " age", lock.age(), warning.age(), critical.age());
    }
  }

  private static void data(
      StringBuilder data,
      String label,
      Optional<Duration> is,
      Optional<Duration> warning,
      Optional<Duration> critical) {
    label(data, label)
        .append(seconds(is.orElse(Duration.ZERO)))
        .append("s;")
        .append(warning.map(CheckAnswer::seconds).orElse(""))
        .append(';')
        .append(critical.map(CheckAnswer::seconds).orElse(""))
        .append(";0");
  }

  /** A label is quoted, holds no equals sign, and a quote in it stands twice. */
  private static StringBuilder label(StringBuilder data, String label) {
    String plain = Table.printable(label).replace('=', '_').replace('|', '/').replace("'", "''");
    return data.append(" '").append(plain).append("'=");
  }

  private static String seconds(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0
        ? Long.toString(millis / 1000)
        : String.format(java.util.Locale.ROOT, "%.3f", millis / 1000.0);
  }

  private static JsonWriter json(CheckedLock lock) {
    LockFigures figures = lock.figures();
    JsonWriter json =
        new JsonWriter().text("lock", figures.id()).text("status", lock.status().name());
    if (figures.readable()) {
      json.number("holders", figures.holders()).number("waiting", figures.waiters());
    }
    figures.held().ifPresent(held -> json.number("heldMillis", held.toMillis()));
    figures.oldestWait().ifPresent(wait -> json.number("oldestWaitMillis", wait.toMillis()));
    lock.age().ifPresent(age -> json.number("successAgeMillis", age.toMillis()));
    return json;
  }

  /**
   * The line.
   *
   * @param json whether it is one JSON object
   * @return without its end
   */
  public String line(boolean json) {
    return json
        ? new JsonWriter()
            .text("status", status.name())
            .text("text", words)
            .array("locks", locks)
            .toString()
        : status + ": " + words + (data.isEmpty() ? "" : " |" + data);
  }
}
