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
import org.lockex.gateway.http.LineDialect;
import org.lockex.gateway.http.LineExchange;
import org.lockex.gateway.http.PathNames;
import org.lockex.gateway.lease.LeaseLimits;
import org.lockex.gateway.lease.LeaseOutcome;
import org.lockex.gateway.lease.LeaseRequest;
import org.lockex.gateway.lease.LeaseView;
import org.lockex.gateway.lease.Leases;
import org.lockex.znode.LockId;

/**
 * Lock::Server: one GET, one line. Asked without a version (HTTP/0.9) the answer is the value and a
 * line feed and nothing else, and where there is nothing to say the connection just closes.
 */
public final class LockServerDialect implements Dialect, LineDialect {
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
    Optional<List<String>> words =
        exchange.path().startsWith("/") ? PathNames.elements(exchange.path()) : Optional.empty();
    if (words.filter(LockServerDialect::isOurs).isEmpty()) {
      return false;
    }
    if (exchange.method().equals("GET")) {
      handle(words.get(), new LockServerReply.OverHttp(exchange));
    } else {
      exchange.with("Allow", "GET").answer(405);
    }
    return true;
  }

  @Override
  public void handle(LineExchange exchange) {
    Optional<List<String>> words = PathNames.elementsOfLine(exchange.target());
    if (words.filter(LockServerDialect::isOurs).isPresent()) {
      handle(words.get(), new LockServerReply.AsLine(exchange));
    } else {
      exchange.close();
    }
  }

  private static boolean isOurs(List<String> words) {
    return switch (words.get(0)) {
      case "CHECK" -> words.size() == 2;
      case "LOCK", "UNLOCK", "VERIFY" -> words.size() == 3;
      case "PING", "SHUTDOWN" -> words.size() == 1;
      default -> false;
    };
  }

  private void handle(List<String> words, LockServerReply reply) {
    Optional<LockId> lock = words.size() > 1 ? LockId.ifValid(words.get(1)) : Optional.empty();
    String requester = words.size() > 2 ? words.get(2) : "";
    if ((words.size() > 1 && lock.isEmpty())
        || (words.size() > 2 && (requester.isEmpty() || requester.length() > MOST_REQUESTER))) {
      reply.nothing(404);
      return;
    }
    switch (words.get(0)) {
      case "PING" -> reply.say("1");
      case "SHUTDOWN" -> shutdown(reply);
      case "CHECK" ->
          look(reply, lock.orElseThrow(), all -> all.stream().anyMatch(LeaseView::active));
      case "VERIFY" ->
          look(
              reply,
              lock.orElseThrow(),
              all -> all.stream().anyMatch(lease -> lease.active() && is(lease, requester)));
      case "LOCK" -> reply.allowed(access, () -> lock(reply, lock.orElseThrow(), requester));
      default -> reply.allowed(access, () -> unlock(reply, lock.orElseThrow(), requester));
    }
  }

  private static boolean is(LeaseView lease, String requester) {
    return lease.requester().equals(Optional.of(requester));
  }

  private void look(
      LockServerReply reply, LockId lock, Function<List<LeaseView>, Boolean> question) {
    reply
        .exchange()
        .when(
            leases.directory().contenders(lock),
            all -> {
              if (all.isEmpty()) {
                reply.later(503);
              } else {
                reply.say(question.apply(all.get()) ? "1" : "0");
              }
            });
  }

  private void lock(LockServerReply reply, LockId lock, String requester) {
    LeaseRequest wanted =
        new LeaseRequest(
            lock,
            1,
            NAME,
            reply.exchange().client(),
            requester,
            Optional.of(requester),
            settings.attemptTimeout(),
            settings.lockTimeout(),
            Duration.ZERO);
    AcquireCall.start(
        leases,
        reply.exchange(),
        wanted,
        outcome -> {
          switch (outcome) {
            case LeaseOutcome.Granted(LeaseView lease) ->
                reply.granted(seconds(lease.expires().orElseThrow()), lease.token());
            case LeaseOutcome.TimedOut(),
                LeaseOutcome.Unclaimed(),
                LeaseOutcome.Removed(),
                LeaseOutcome.Already(),
                LeaseOutcome.OtherShape() ->
                reply.say("0");
            case LeaseOutcome.HungUp() -> reply.exchange().close();
            case LeaseOutcome.Unavailable() -> reply.later(503);
            case LeaseOutcome.TooMany(LeaseLimits.Reached limit) ->
                reply.later(limit.isOfClient() ? 429 : 503);
          }
        });
  }

  private static String seconds(Instant time) {
    return BigDecimal.valueOf(time.toEpochMilli(), 3).toPlainString();
  }

  private void unlock(LockServerReply reply, LockId lock, String requester) {
    reply
        .exchange()
        .when(
            leases.removal().releaseOf(lock, requester),
            done -> {
              if (done.isEmpty()) {
                reply.later(503);
              } else {
                reply.say(done.get() ? "1" : "0");
              }
            });
  }

  private void shutdown(LockServerReply reply) {
    if (settings.shutdown().isEmpty()) {
      reply.nothing(403);
      return;
    }
    reply.allowed(
        access,
        () -> {
          reply.say("1");
          settings.shutdown().get().run();
        });
  }
}
