package org.lockex.gateway;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** The status page: HTML that works by itself; a script beside it keeps it up to date. */
final class StatusPage {
  private static final int PLOT_HEIGHT = 30;

  private StatusPage() {}

  /** The whole page around {@code live}. */
  static String page(String live) {
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
    <h1>lockexd</h1>
    <main id="live">%s</main>
    <script src="status.js"></script>
    </body>
    </html>
    """
        .formatted(live);
  }

  /** Who may see no locks sees this. */
  static String totals(Metrics metrics) {
    return numbers(metrics) + "<p>Who holds what is for administrators to see.</p>\n";
  }

  /** What changes: the numbers, then every lock with who holds it and who waits. */
  static String live(Metrics metrics, List<List<LeaseView>> locks, Leases leases) {
    StringBuilder html = new StringBuilder(numbers(metrics));
    if (locks.isEmpty()) {
      html.append("<p>No lock is held.</p>\n");
    }
    for (List<LeaseView> lock : locks) {
      lock(html, lock, leases);
    }
    return html.toString();
  }

  private static String numbers(Metrics metrics) {
    StringBuilder html = new StringBuilder("<dl>");
    number(html, "grants", Long.toString(metrics.count("grants")));
    number(html, "timeouts", Long.toString(metrics.count("timeouts")));
    number(html, "expiries", Long.toString(metrics.count("expiries")));
    number(html, "releases", Long.toString(metrics.count("releases")));
    number(html, "waited, p50", millis(metrics.waitedMillis(0.5)));
    number(html, "waited, p95", millis(metrics.waitedMillis(0.95)));
    html.append("</dl>\n");
    plot(html, metrics.recentGrants());
    return html.toString();
  }

  private static void number(StringBuilder html, String name, String value) {
    html.append("<div><dt>").append(name).append("</dt><dd>").append(value).append("</dd></div>");
  }

  private static String millis(double millis) {
    return String.format(Locale.ROOT, "%.1f ms", millis);
  }

  private static void plot(StringBuilder html, long[] counts) {
    long most = 1;
    long all = 0;
    for (long count : counts) {
      most = Math.max(most, count);
      all += count;
    }
    html.append("<svg role=\"img\" viewBox=\"0 0 ")
        .append(counts.length)
        .append(' ')
        .append(PLOT_HEIGHT)
        .append("\" preserveAspectRatio=\"none\" aria-label=\"")
        .append(all)
        .append(" grants in the last ten minutes, at most ")
        .append(most)
        .append(" in ten seconds\">");
    for (int i = 0; i < counts.length; i++) {
      double height = (double) counts[i] * PLOT_HEIGHT / most;
      html.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%d\" y=\"%.1f\" width=\".8\" height=\"%.1f\"/>",
              i,
              PLOT_HEIGHT - height,
              height));
    }
    html.append("</svg>\n");
  }

  private static void lock(StringBuilder html, List<LeaseView> contenders, Leases leases) {
    String name = contenders.getFirst().lock().value();
    Statistics.Counts counts = leases.counts(name);
    html.append("<section><h2>").append(escape(name)).append("</h2>\n<p>");
    html.append(counts.grants).append(" grants, ").append(counts.timeouts).append(" timeouts, ");
    html.append(counts.expiries).append(" expiries</p>\n<table><thead><tr>");
    for (String head : List.of("who", "state", "since", "expires", "where", "token", "break")) {
      html.append("<th scope=\"col\">").append(head).append("</th>");
    }
    html.append("</tr></thead><tbody>\n");
    int position = 0;
    for (LeaseView lease : contenders) {
      position += lease.active() ? 0 : 1;
      row(html, lease, position);
    }
    html.append("</tbody></table></section>\n");
  }

  private static void row(StringBuilder html, LeaseView lease, int position) {
    String who = lease.requester().orElse(lease.title());
    html.append("<tr><th scope=\"row\">").append(escape(who.isEmpty() ? "?" : who)).append("</th>");
    cell(html, "state", lease.active() ? "holds" : "waits, " + position);
    cell(html, "since", time(lease.since()));
    cell(html, "expires", lease.expires().map(StatusPage::left).orElse("never"));
    cell(html, "where", lease.user() + " " + lease.host() + " " + lease.dialect());
    cell(html, "token", lease.active() ? Long.toString(lease.token()) : "");
    html.append("<td><form method=\"post\" action=\"break\" data-question=\"Break the lock of ")
        .append(escape(who))
        .append("?\"><input type=\"hidden\" name=\"lock\" value=\"")
        .append(escape(Names.encode(lease.lock().value())))
        .append("\"><button id=\"b")
        .append(lease.uid())
        .append("\" name=\"uid\" value=\"")
        .append(lease.uid())
        .append("\" aria-label=\"Break the lock of ")
        .append(escape(who))
        .append("\">Break</button></form></td></tr>\n");
  }

  private static void cell(StringBuilder html, String name, String value) {
    html.append("<td data-name=\"")
        .append(name)
        .append("\">")
        .append(escape(value))
        .append("</td>");
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String left(Instant end) {
    long seconds = Math.max(0, Duration.between(Instant.now(), end).toSeconds());
    return seconds > Duration.ofDays(365).toSeconds() ? "" : "in " + seconds + " s";
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
