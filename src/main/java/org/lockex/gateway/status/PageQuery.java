package org.lockex.gateway.status;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.lockex.gateway.http.PathNames;
import org.lockex.gateway.lease.LeaseView;
import org.lockex.znode.LockId;

/**
 * Which locks a reader of the page wants to see.
 *
 * @param search letters that a lock, or who holds or waits, has to have
 * @param show which kind of locks
 * @param from the name with which the page begins, so that locks that come and go before it move
 *     none out of view
 * @param lock the only lock that is shown, with all who are there
 * @param at how many of them stand before the first on the page
 */
record PageQuery(String search, LockKind show, String from, Optional<LockId> lock, int at) {
  static final PageQuery ALL = new PageQuery("", LockKind.ALL, "", Optional.empty(), 0);

  private static final Duration LONG = Duration.ofHours(1);
  private static final int MOST_LETTERS = 200;
  private static final int MOST_DIGITS = 7;

  /** Kinds of locks. */
  enum LockKind {
    ALL("all"),
    HELD("held"),
    WAITING("with waiters"),
    LONG("longer than an hour");

    /** As people read it. */
    final String label;

    LockKind(String label) {
      this.label = label;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What stands behind the question mark; what is not understood is left out. */
  static PageQuery of(String text) {
    LockKind show = LockKind.ALL;
    for (LockKind kind : LockKind.values()) {
      show = kind.word().equals(field(text, "show")) ? kind : show;
    }
    String at = field(text, "at");
    boolean number =
        !at.isEmpty()
            && at.length() <= MOST_DIGITS
            && at.chars().allMatch(c -> c >= '0' && c <= '9');
    return new PageQuery(
        field(text, "q").strip(),
        show,
        field(text, "from"),
        LockId.ifValid(field(text, "lock")),
        number ? Integer.parseInt(at) : 0);
  }

  /** The value of a form's field, as forms encode it; empty where there is none. */
  static String field(String form, String name) {
    for (String pair : form.split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        String value =
            PathNames.decode(pair.substring(name.length() + 1).replace('+', ' ')).orElse("");
        return value.length() <= MOST_LETTERS * MOST_DIGITS ? value : "";
      }
    }
    return "";
  }

  PageQuery startingWith(String name) {
    return new PageQuery(search, show, name, lock, at);
  }

  PageQuery startingAt(int number) {
    return new PageQuery(search, show, from, lock, number);
  }

  static PageQuery only(String name) {
    return new PageQuery("", LockKind.ALL, "", LockId.ifValid(name), 0);
  }

  /** The address of this page, relative to that of the page. */
  String link() {
    StringBuilder text = new StringBuilder("./");
    add(text, "q", search);
    add(text, "show", show == LockKind.ALL ? "" : show.word());
    add(text, "from", from);
    add(text, "lock", lock.map(LockId::value).orElse(""));
    add(text, "at", at == 0 ? "" : Integer.toString(at));
    return text.toString();
  }

  private static void add(StringBuilder text, String name, String value) {
    if (!value.isEmpty()) {
      text.append(text.indexOf("?") < 0 ? '?' : '&')
          .append(name)
          .append('=')
          .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }

  /** Whether more than the names is needed to tell which locks are meant. */
  boolean narrows() {
    return !search.isEmpty() || show != LockKind.ALL;
  }

  /** Whether a lock with these holders and waiters is meant. */
  boolean takes(List<LeaseView> contenders, Instant now) {
    boolean kind = show == LockKind.ALL;
    boolean found = search.isEmpty() || has(contenders.getFirst().lock().value());
    for (LeaseView view : contenders) {
      kind |=
          switch (show) {
            case ALL -> true;
            case HELD -> view.active();
            case WAITING -> !view.active();
            case LONG -> !view.since().plus(LONG).isAfter(now);
          };
      found =
          found
              || has(view.title())
              || has(view.user())
              || has(view.host())
              || has(view.requester().orElse(""));
    }
    return kind && found;
  }

  private boolean has(String text) {
    return text.toLowerCase(Locale.ROOT).contains(search.toLowerCase(Locale.ROOT));
  }
}
