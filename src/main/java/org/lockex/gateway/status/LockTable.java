package org.lockex.gateway.status;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.lockex.gateway.http.PathNames;
import org.lockex.gateway.lease.LeaseView;

/** The rows of the table: who holds and who waits. */
final class LockTable {
  static final List<String> COLUMNS =
      List.of("lock", "state", "who", "since", "expires", "where", "token", "break");

  /** Of one lock, where many are shown; the others are a link away. */
  private static final int FEW = 10;

  /** Of one lock, where it alone is shown. */
  static final int MANY = 200;

  private static final Duration ENDLESS = Duration.ofDays(365);

  /** In whose words times are told that are left; empty where a script does that. */
  private final Optional<Instant> now;

  private final SequencedMap<String, String> rows = new LinkedHashMap<>();

  LockTable(Optional<Instant> now) {
    this.now = now;
  }

  SequencedMap<String, String> rows() {
    return rows;
  }

  /** A lock among others. */
  void few(List<LeaseView> contenders) {
    rows(contenders, 0, FEW);
    int more = contenders.size() - FEW;
    if (more > 0) {
      String name = contenders.getFirst().lock().value();
      String id = "more/" + PathNames.encode(name);
      rows.put(
          id,
          "<tr id=\"%s\"><th></th><td colspan=\"%d\"><a href=\"%s\">%s</a></td></tr>"
              .formatted(
                  Html.escape(id),
                  COLUMNS.size() - 1,
                  Html.escape(PageQuery.only(name).link()),
                  more + " more"));
    }
  }

  /** A lock alone, from one of its contenders on. */
  void many(List<LeaseView> contenders, int at) {
    rows(contenders, at, MANY);
  }

  private void rows(List<LeaseView> contenders, int from, int most) {
    int position = 0;
    int number = 0;
    for (LeaseView lease : contenders) {
      position += lease.active() ? 0 : 1;
      if (number >= from && number < from + most) {
        row(lease, position, number == from);
      }
      number++;
    }
  }

  private void row(LeaseView lease, int position, boolean first) {
    String lock = lease.lock().value();
    String key = PathNames.encode(lock) + "/" + lease.uid();
    String who = lease.title().isEmpty() ? lease.requester().orElse("?") : lease.title();
    String word = lease.active() ? "holds" : "waits";
    String act =
        lease.active()
            ? "Break the lock " + lock + " of " + who
            : "Send " + who + " away from the lock " + lock;
    StringBuilder html = new StringBuilder("<tr id=\"").append(Html.escape(key)).append('"');
    html.append(
            first
                ? " class=\"first\"><th scope=\"row\"><a href=\""
                : "><th scope=\"row\"><a href=\"")
        .append(Html.escape(PageQuery.only(lock).link()))
        .append("\">")
        .append(Html.escape(lock))
        .append("</a></th><td class=\"")
        .append(word)
        .append("\">")
        .append(lease.active() ? word : "waits " + position)
        .append("</td>");
    cell(html, "who", Html.escape(who));
    cell(html, "since", instant(lease.since()));
    cell(html, "expires", end(lease.expires()));
    cell(
        html,
        "where",
        Html.escape(String.join(" ", lease.user(), lease.host(), lease.dialect()).strip()));
    cell(html, "token", lease.active() ? Long.toString(lease.token()) : "");
    html.append(
            "<td><button id=\"b/%s\" form=\"break\" name=\"one\" value=\"%s\""
                .formatted(Html.escape(key), Html.escape(key)))
        .append(
            " data-question=\"%s?\" aria-label=\"%s\">"
                .formatted(Html.escape(act), Html.escape(act)))
        .append(lease.active() ? "Break" : "Send away")
        .append("</button></td></tr>");
    rows.put(key, html.toString());
  }

  private static void cell(StringBuilder html, String name, String content) {
    html.append("<td data-name=\"").append(name).append("\">").append(content).append("</td>");
  }

  private static String instant(Instant instant) {
    Instant second = instant.truncatedTo(ChronoUnit.SECONDS);
    return "<time datetime=\"%s\">%s</time>".formatted(second, second.toString().replace('T', ' '));
  }

  /** When it ends; the script counts it down. */
  private String end(Optional<Instant> end) {
    if (end.isEmpty()) {
      return "";
    }
    // To the second, so that it stays the same from one look to the next.
    Instant second = end.get().plusMillis(500).truncatedTo(ChronoUnit.SECONDS);
    if (Duration.between(Instant.now(), second).compareTo(ENDLESS) >= 0) {
      return "";
    }
    String left =
        now.map(at -> in(Math.max(0, Duration.between(at, second).toSeconds()))).orElse("");
    return "<span data-end=\"%d\">%s</span>".formatted(second.toEpochMilli(), left);
  }

  /** As status.js has it, too. */
  private static String in(long seconds) {
    if (seconds < 120) {
      return "in " + seconds + " s";
    }
    long minutes = seconds / 60;
    return minutes < 120 ? "in " + minutes + " min" : "in " + minutes / 60 + " h";
  }
}
