package org.lockex.gateway.dialect;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.lockex.gateway.http.Access;
import org.lockex.gateway.http.Dialect;
import org.lockex.gateway.http.HttpExchange;
import org.lockex.gateway.http.PathNames;
import org.lockex.gateway.lease.LeaseOutcome;
import org.lockex.gateway.lease.LeaseRequest;
import org.lockex.gateway.lease.LeaseView;
import org.lockex.gateway.lease.Leases;
import org.lockex.znode.LockId;

/**
 * Lock::Server: one GET, one line. Asked without a version (HTTP/0.9) the answer is the value and a
 * line feed and nothing else, and where there is nothing to say the connection just closes.
 */
public final class LockServerDialect implements Dialect {
  static final String NAME = "lines";

  /**
   * What Lock::Server is told at its start.
   *
   * @param lockTimeout how long a lock is held at most
   * @param attemptTimeout how long a LOCK waits
   * @param shutdown stops this lockexd; empty if clients must not
   */
  public record Settings(
      Duration lockTimeout, Duration attemptTimeout, Optional<Runnable> shutdown) {}

  private static final int MOST_REQUESTER = 1024;

  private final Leases leases;
  private final Access access;
  private final Settings settings;

  /**
   * Lock::Server over {@code leases}.
   *
   * @param leases the lease model
   * @param access who may do what
   * @param settings what Lock::Server is told at its start
   */
  public LockServerDialect(Leases leases, Access access, Settings settings) {
    this.leases = leases;
    this.access = access;
    this.settings = settings;
  }

  @Override
  public boolean handle(HttpExchange exchange) {
    Optional<List<String>> names =
        exchange.path().startsWith("/") ? PathNames.elements(exchange.path()) : Optional.empty();
    if (names.isEmpty()) {
      return false;
    }
    List<String> words = names.get();
    boolean ours =
        switch (words.get(0)) {
          case "CHECK" -> words.size() == 2;
          case "LOCK", "UNLOCK", "VERIFY" -> words.size() == 3;
          case "PING", "SHUTDOWN" -> words.size() == 1;
          default -> false;
        };
    if (!ours) {
      return false;
    }
    if (!exchange.method().equals("GET")) {
      exchange.with("Allow", "GET").answer(405);
      return true;
    }
    Optional<LockId> lock = words.size() > 1 ? LockId.ifValid(words.get(1)) : Optional.empty();
    String requester = words.size() > 2 ? words.get(2) : "";
    if ((words.size() > 1 && lock.isEmpty())
        || (words.size() > 2 && (requester.isEmpty() || requester.length() > MOST_REQUESTER))) {
      nothing(exchange, 404);
      return true;
    }
    switch (words.get(0)) {
      case "PING" -> say(exchange, "1");
      case "SHUTDOWN" -> shutdown(exchange);
      case "CHECK" ->
          look(exchange, lock.orElseThrow(), all -> all.stream().anyMatch(LeaseView::active));
      case "VERIFY" ->
          look(
              exchange,
              lock.orElseThrow(),
              all -> all.stream().anyMatch(lease -> lease.active() && is(lease, requester)));
      case "LOCK" -> allowed(exchange, () -> lock(exchange, lock.orElseThrow(), requester));
      default -> allowed(exchange, () -> unlock(exchange, lock.orElseThrow(), requester));
    }
    return true;
  }

  private static boolean is(LeaseView lease, String requester) {
    return lease.requester().equals(Optional.of(requester));
  }

  private void allowed(HttpExchange exchange, Runnable then) {
    if (exchange.bare() && !access.mayLock(exchange)) {
      exchange.close();
    } else {
      access.client(exchange, then);
    }
  }

  private void look(
      HttpExchange exchange, LockId lock, Function<List<LeaseView>, Boolean> question) {
    exchange.when(
        leases.directory().contenders(lock),
        all -> {
          if (all.isEmpty()) {
            unavailable(exchange);
          } else {
            say(exchange, question.apply(all.get()) ? "1" : "0");
          }
        });
  }

  private void lock(HttpExchange exchange, LockId lock, String requester) {
    LeaseRequest wanted =
        new LeaseRequest(
            lock,
            1,
            NAME,
            exchange.client(),
            requester,
            Optional.of(requester),
            settings.attemptTimeout(),
            settings.lockTimeout(),
            Duration.ZERO);
    AcquireCall.start(
        leases,
        exchange,
        wanted,
        outcome -> {
          switch (outcome) {
            case LeaseOutcome.Granted(LeaseView lease) -> {
              say(
                  exchange.with("Lockex-Token", Long.toString(lease.token())),
                  seconds(lease.expires().orElseThrow()));
            }
            case LeaseOutcome.TimedOut(),
                LeaseOutcome.Unclaimed(),
                LeaseOutcome.Removed(),
                LeaseOutcome.Already(),
                LeaseOutcome.OtherShape() ->
                say(exchange, "0");
            case LeaseOutcome.HungUp() -> exchange.close();
            case LeaseOutcome.Unavailable() -> unavailable(exchange);
            case LeaseOutcome.TooMany(boolean mine) ->
                nothing(exchange.with("Retry-After", "1"), mine ? 429 : 503);
          }
        });
  }

  private static String seconds(Instant time) {
    return BigDecimal.valueOf(time.toEpochMilli(), 3).toPlainString();
  }

  private void unlock(HttpExchange exchange, LockId lock, String requester) {
    exchange.when(
        leases.removal().releaseOf(lock, requester),
        done -> {
          if (done.isEmpty()) {
            unavailable(exchange);
          } else {
            say(exchange, done.get() ? "1" : "0");
          }
        });
  }

  private void shutdown(HttpExchange exchange) {
    if (settings.shutdown().isEmpty()) {
      nothing(exchange, 403);
      return;
    }
    allowed(
        exchange,
        () -> {
          say(exchange, "1");
          settings.shutdown().get().run();
        });
  }

  private static void unavailable(HttpExchange exchange) {
    nothing(exchange.with("Retry-After", "1"), 503);
  }

  private static void nothing(HttpExchange exchange, int status) {
    if (exchange.bare()) {
      exchange.close();
    } else {
      exchange.answer(status);
    }
  }

  private static void say(HttpExchange exchange, String value) {
    exchange.answer(200, "text/plain", value + "\n");
  }
}
