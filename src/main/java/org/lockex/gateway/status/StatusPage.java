package org.lockex.gateway.status;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.lockex.gateway.lease.LeaseDirectory;
import org.lockex.gateway.lease.LeaseStatistics.LeaseCounts;
import org.lockex.gateway.lease.LeaseView;
import org.lockex.znode.LockId;

/** The status page: HTML that works by itself; a script beside it keeps it up to date. */
final class StatusPage {
  private StatusPage() {}

  /** Who may see no locks sees numbers. */
  static String totals(LeaseCounts all) {
    return page(
        "",
        "<section class=\"counts\" aria-label=\"Since this lockexd started\">"
            + numbers(all)
            + "</section>\n<p>Who holds what is for administrators to see.</p>\n");
  }

  /** All that a reader of locks sees at first. */
  static String whole(PageContent content, PageQuery query) {
    StringBuilder kinds = new StringBuilder();
    for (PageQuery.LockKind kind : PageQuery.LockKind.values()) {
      kinds.append(
          "<option value=\"%s\"%s>%s</option>"
              .formatted(kind.word(), kind == query.show() ? " selected" : "", kind.label));
    }
    StringBuilder head = new StringBuilder();
    for (String name : LockTable.COLUMNS) {
      head.append("<th scope=\"col\">").append(name).append("</th>");
    }
    return page(
        """
        <p id="state" role="status">%s<noscript>Reload to see what has changed.</noscript></p>
        <script src="status.js" defer></script>
        """
            .formatted(content.away() ? "ZooKeeper is away; what you see may be old. " : ""),
        """
        <section class="counts" id="numbers" aria-label="Since this lockexd started">%s</section>
        <form id="find" role="search" action="./">
        <input type="search" name="q" value="%s" aria-label="Lock, or who holds or waits" \
        placeholder="Lock, or who holds or waits">
        <select name="show" aria-label="Which locks">%s</select>
        <button>Find</button>
        </form>
        <div id="found">%s</div>
        <form id="break" method="post" action="break"><input type="hidden" name="back" \
        value="%s"></form>
        <table><thead><tr>%s</tr></thead><tbody id="rows">
        %s</tbody></table>
        """
            .formatted(
                content.parts().get("numbers"),
                Html.escape(query.search()),
                kinds,
                content.parts().get("found"),
                Html.escape(query.link()),
                head,
                String.join("\n", content.rows().values())));
  }

  private static String page(String live, String content) {
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
    <main>
    %s</main>
    </body>
    </html>
    """
        .formatted(live, content);
  }

  /**
   * What the page that {@code query} asks for shows now.
   *
   * @param now in whose words times are told that are left; empty where a script does that
   */
  static PageContent content(LeaseDirectory directory, PageQuery query, Optional<Instant> now) {
    boolean away = !directory.ready();
    PageSelection selection = PageSelection.of(directory, query);
    LockTable table = new LockTable(now);
    for (List<LeaseView> lock : selection.locks()) {
      if (query.lock().isPresent()) {
        table.many(lock, query.at());
      } else {
        table.few(lock);
      }
    }
    String found =
        query.lock().isPresent()
            ? one(directory, query, query.lock().get(), selection.locks())
            : many(query, selection);
    return new PageContent(
        away, Map.of("numbers", numbers(directory.statistics()), "found", found), table.rows());
  }

  private static String many(PageQuery query, PageSelection some) {
    if (some.found() == 0) {
      return query.narrows() ? "<p>No lock is like that.</p>" : "<p>No lock is in use.</p>";
    }
    int shown = some.locks().size();
    String all = Html.count(some.found(), "lock", "locks");
    boolean whole = some.earlier().isEmpty() && some.later().isEmpty();
    return "<p>"
        + (whole
            ? all
            : "Locks %d to %d of %d"
                .formatted(some.before() + 1, some.before() + shown, some.found()))
        + "</p>"
        + links(
            some.earlier().map(name -> query.startingWith(name).link()),
            some.later().map(name -> query.startingWith(name).link()));
  }

  private static String one(
      LeaseDirectory directory, PageQuery query, LockId id, List<List<LeaseView>> lock) {
    StringBuilder html = new StringBuilder("<h2>").append(Html.escape(id.value())).append("</h2>");
    if (lock.isEmpty()) {
      html.append("<p>Nobody holds it or waits for it.</p>");
    } else {
      List<LeaseView> contenders = lock.getFirst();
      long holders = contenders.stream().filter(LeaseView::active).count();
      html.append("<p>")
          .append(Html.count(holders, "holder", "holders"))
          .append(", ")
          .append(contenders.size() - holders)
          .append(" waiting")
          .append(counted(directory.statistics(id)))
          .append("</p>");
      int at = query.at();
      int most = LockTable.MANY;
      html.append(
          links(
              at == 0
                  ? Optional.empty()
                  : Optional.of(query.startingAt(Math.max(0, at - most)).link()),
              at + most >= contenders.size()
                  ? Optional.empty()
                  : Optional.of(query.startingAt(at + most).link())));
    }
    return html.append("<p><a href=\"./\">All locks</a></p>").toString();
  }

  private static String links(Optional<String> earlier, Optional<String> later) {
    StringBuilder html = new StringBuilder("<nav aria-label=\"Pages\">");
    earlier.ifPresent(link ->
        html.append(
            "<a id=\"earlier\" rel=\"prev\" href=\"%s\">Earlier</a> "
                .formatted(Html.escape(link))));
    later.ifPresent(link ->
        html.append(
            "<a id=\"later\" rel=\"next\" href=\"%s\">Later</a>".formatted(Html.escape(link))));
    return html.append("</nav>").toString();
  }

  private static String numbers(LeaseCounts counts) {
    StringBuilder html = new StringBuilder("<dl>");
    number(html, counts.grants() == 1 ? "grant" : "grants", Long.toString(counts.grants()));
    number(html, counts.waits() == 1 ? "wait" : "waits", Long.toString(counts.waits()));
    number(html, counts.timeouts() == 1 ? "timeout" : "timeouts", Long.toString(counts.timeouts()));
    number(html, counts.expiries() == 1 ? "expiry" : "expiries", Long.toString(counts.expiries()));
    number(html, "wait, p50", time(counts.p50Nanos()));
    number(html, "wait, p95", time(counts.p95Nanos()));
    html.append("</dl>\n<figure>").append(Plot.of(counts.recentGrants(), "grant", "grants"));
    return html.append("<figcaption>Grants in the last ten minutes</figcaption></figure>")
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

  private static String counted(LeaseCounts counts) {
    if (counts.grants() + counts.waits() + counts.timeouts() + counts.expiries() == 0) {
      return "";
    }
    return "; by this lockexd %s, %s, %s, %s; wait p50 %s, p95 %s"
        .formatted(
            Html.count(counts.grants(), "grant", "grants"),
            Html.count(counts.waits(), "wait", "waits"),
            Html.count(counts.timeouts(), "timeout", "timeouts"),
            Html.count(counts.expiries(), "expiry", "expiries"),
            time(counts.p50Nanos()),
            time(counts.p95Nanos()));
  }
}
