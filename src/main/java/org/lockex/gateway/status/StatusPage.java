package org.lockex.gateway.status;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.lockex.gateway.http.PathNames;
import org.lockex.gateway.lease.BusyLock;
import org.lockex.gateway.lease.LeaseStatistics;
import org.lockex.gateway.lease.LeaseView;

/** The status page: HTML that works by itself; a script beside it keeps it up to date. */
public final class StatusPage {
  private static final int MOST_CONTENDERS = 100;
  private static final Duration ENDLESS = Duration.ofDays(365);

  private StatusPage() {}

  /**
   * The whole page around {@code content}.
   *
   * @param live whether its reader may have it kept up to date
   */
  static String page(String content, boolean live) {
    String script =
        live
            ? """
            <p id="state" role="status"><noscript>Reload to see what has changed.</noscript></p>
            <script src="status.js" defer></script>
            """
            : "";
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>lockexd</title>
    <link rel="stylesheet" href="status.css">
    <link rel="icon" href="data:,">
    </head>
    <body>
    <header><h1>lockexd</h1>
    %s</header>
    <main id="live">
    %s</main>
    </body>
    </html>
    """
        .formatted(script, content);
  }

  /** Who may see no locks sees this. */
  static String totals(LeaseStatistics.LeaseCounts all) {
    return numbers(all, "Since this lockexd started")
        + "<p>Who holds what is for administrators to see.</p>\n";
  }

  /**
   * What changes: the numbers, then locks with who holds them and who waits.
   *
   * @param more how many locks there are besides
   */
  static String live(LeaseStatistics.LeaseCounts all, List<BusyLock> locks, int more) {
    StringBuilder html = new StringBuilder(numbers(all, "Since this lockexd started"));
    if (locks.isEmpty()) {
      html.append("<p>No lock is held.</p>\n");
    }
    locks.forEach(lock -> lock(html, lock));
    if (more > 0) {
      html.append("<p>").append(more).append(" more locks are in use.</p>\n");
    }
    return html.toString();
  }

  private static String numbers(LeaseStatistics.LeaseCounts counts, String label) {
    StringBuilder html =
        new StringBuilder("<section class=\"counts\" aria-label=\"" + label + "\">");
    html.append("<dl>");
    number(html, "grants", Long.toString(counts.grants()));
    number(html, "waits", Long.toString(counts.waits()));
    number(html, "timeouts", Long.toString(counts.timeouts()));
    number(html, "expiries", Long.toString(counts.expiries()));
    number(html, "wait, p50", time(counts.p50Nanos()));
    number(html, "wait, p95", time(counts.p95Nanos()));
    html.append("</dl>\n<figure>").append(Plot.of(counts.recentGrants(), "grants"));
    return html.append(
            "<figcaption>Grants in the last ten minutes</figcaption></figure></section>\n")
        .toString();
  }

  private static void number(StringBuilder html, String name, String value) {
    html.append("<div><dt>").append(name).append("</dt><dd>").append(value).append("</dd></div>");
  }

  private static String time(long nanos) {
    double millis = nanos / 1e6;
    return millis < 1000
        ? String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis)
        : String.format(Locale.ROOT, "%.1f s", millis / 1000);
  }

  private static void lock(StringBuilder html, BusyLock lock) {
    List<LeaseView> contenders = lock.contenders();
    LeaseStatistics.LeaseCounts counts = lock.counts();
    long holders = contenders.stream().filter(LeaseView::active).count();
    long waiting = contenders.size() - holders;
    html.append("<section class=\"lock\"><div class=\"head\"><h2>")
        .append(escape(contenders.getFirst().lock().value()))
        .append("</h2><p>")
        .append(
            "%d %s, %d waiting".formatted(holders, holders == 1 ? "holder" : "holders", waiting))
        .append(counted(counts))
        .append("</p>")
        .append(Plot.of(counts.recentGrants(), "grants"))
        .append("</div>\n<table><thead><tr>");
    for (String head : List.of("state", "who", "since", "expires", "where", "token", "break")) {
      html.append("<th scope=\"col\">").append(head).append("</th>");
    }
    html.append("</tr></thead><tbody>\n");
    int position = 0;
    for (LeaseView lease : contenders.subList(0, Math.min(MOST_CONTENDERS, contenders.size()))) {
      position += lease.active() ? 0 : 1;
      row(html, lease, position);
    }
    html.append("</tbody></table>");
    if (contenders.size() > MOST_CONTENDERS) {
      html.append("<p>").append(contenders.size() - MOST_CONTENDERS).append(" more wait.</p>");
    }
    html.append("</section>\n");
  }

  private static String counted(LeaseStatistics.LeaseCounts counts) {
    if (counts.grants() + counts.waits() + counts.timeouts() + counts.expiries() == 0) {
      return "";
    }
    return "; by this lockexd %d grants, %d waits, %d timeouts, %d expiries; wait p50 %s, p95 %s"
        .formatted(
            counts.grants(),
            counts.waits(),
            counts.timeouts(),
            counts.expiries(),
            time(counts.p50Nanos()),
            time(counts.p95Nanos()));
  }

  private static void row(StringBuilder html, LeaseView lease, int position) {
    String who = lease.title().isEmpty() ? lease.requester().orElse("?") : lease.title();
    String word = lease.active() ? "holds" : "waits";
    html.append(
        "<tr><td class=\"%s\">%s</td>"
            .formatted(word, lease.active() ? word : "waits " + position));
    html.append("<th scope=\"row\">").append(escape(who)).append("</th>");
    cell(html, "since", instant(lease.since()));
    cell(html, "expires", left(lease.expires()));
    cell(
        html,
        "where",
        escape(String.join(" ", lease.user(), lease.host(), lease.dialect()).strip()));
    cell(html, "token", lease.active() ? Long.toString(lease.token()) : "");
    String act = (lease.active() ? "Break the lock of " : "Send away ") + who;
    html.append(
        """
        <td><form method="post" action="break" data-question="%s?"><input type="hidden" name="lock" \
        value="%s"><button id="b%s" name="uid" value="%s" aria-label="%s">%s</button></form></td></tr>
        """
            .formatted(
                escape(act),
                escape(PathNames.encode(lease.lock().value())),
                lease.uid(),
                lease.uid(),
                escape(act),
                lease.active() ? "Break" : "Send away"));
  }

  private static void cell(StringBuilder html, String name, String content) {
    html.append("<td data-name=\"%s\">%s</td>".formatted(name, content));
  }

  private static String instant(Instant instant) {
    Instant second = instant.truncatedTo(ChronoUnit.SECONDS);
    return "<time datetime=\"%s\">%s</time>".formatted(second, second.toString().replace('T', ' '));
  }

  /** The time that is left; the script counts it down. */
  private static String left(Optional<Instant> end) {
    Duration left = end.map(at -> Duration.between(Instant.now(), at)).orElse(ENDLESS);
    if (left.compareTo(ENDLESS) >= 0) {
      return "";
    }
    long seconds = Math.max(0, left.toSeconds());
    return "<span data-left=\"%d\">%s</span>".formatted(seconds, in(seconds));
  }

  /** As status.js has it, too. */
  private static String in(long seconds) {
    if (seconds < 120) {
      return "in " + seconds + " s";
    }
    long minutes = seconds / 60;
    return minutes < 120 ? "in " + minutes + " min" : "in " + minutes / 60 + " h";
  }

  private static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        default -> safe.append(c);
      }
    }
    return safe.toString();
  }
}
