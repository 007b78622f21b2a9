package org.lockex.gateway.dialect;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.lockex.gateway.http.Access;
import org.lockex.gateway.http.Dialect;
import org.lockex.gateway.http.HttpExchange;
import org.lockex.gateway.http.PathNames;
import org.lockex.gateway.lease.LeaseLimits;
import org.lockex.gateway.lease.LeaseOutcome;
import org.lockex.gateway.lease.LeaseRequest;
import org.lockex.gateway.lease.LeaseView;
import org.lockex.gateway.lease.Leases;
import org.lockex.znode.LockId;

/**
 * RDLM: REST with HAL+JSON. {@code POST /locks/{resource}} waits for a lease whose URL is the
 * answer; {@code GET} and {@code DELETE} of that URL show and release it; {@code /resources} is for
 * administrators.
 */
public final class RdlmDialect implements Dialect {
  static final String NAME = "rdlm";
  private static final String PROBLEM = "application/json";

  /** That of a request whose title is no string but another JSON value. */
  static final String WITH_JSON_TITLE = "rdlm+json";

  private static final String WELCOME = "Welcome on restful-distributed-lock-manager !";

  private final Leases leases;
  private final Access access;
  private final RdlmJson hal = new RdlmJson();

  /**
   * RDLM over {@code leases}.
   *
   * @param leases the lease model
   * @param access who may do what
   */
  public RdlmDialect(Leases leases, Access access) {
    this.leases = leases;
    this.access = access;
  }

  @Override
  public boolean handle(HttpExchange exchange) {
    String path = exchange.path();
    if (path.equals("/") && exchange.method().equals("GET") && !isBrowser(exchange)) {
      exchange.answer(200, "text/plain", WELCOME);
      return true;
    }
    boolean locks = path.startsWith("/locks/");
    boolean resources = path.equals("/resources") || path.startsWith("/resources/");
    if (!locks && !resources) {
      return false;
    }
    Optional<List<String>> names = PathNames.elements(path);
    Optional<LockId> lock = names.filter(n -> n.size() > 1).flatMap(n -> LockId.ifValid(n.get(1)));
    if (names.isEmpty() || (names.get().size() > 1 && lock.isEmpty())) {
      problem(exchange, 400, "not a resource's name");
    } else if (locks && names.get().size() == 2) {
      only(exchange, "POST", () -> access.client(exchange, () -> acquire(exchange, lock.get())));
    } else if (locks && names.get().size() == 3) {
      lease(exchange, lock.get(), names.get().get(2));
    } else if (resources && names.get().size() <= 2) {
      access.administrator(exchange, who -> resources(exchange, lock, who));
    } else {
      problem(exchange, 404, "no such thing");
    }
    return true;
  }

  /** Who wants the status page says that he takes HTML. */
  private static boolean isBrowser(HttpExchange exchange) {
    return exchange.header(HttpHeader.ACCEPT).filter(a -> a.contains("text/html")).isPresent();
  }

  private void only(HttpExchange exchange, String method, Runnable then) {
    if (exchange.method().equals(method)) {
      then.run();
    } else {
      problem(exchange.with("Allow", method), 405, "only " + method);
    }
  }

  private void acquire(HttpExchange exchange, LockId lock) {
    exchange.body(
        bytes -> {
          try {
            AcquireCall.start(
                leases,
                exchange,
                wanted(exchange, lock, RdlmBody.read(bytes)),
                outcome -> answer(exchange, outcome));
          } catch (RdlmBody.BadBody e) {
            problem(exchange, 400, String.valueOf(e.getMessage()));
          }
        },
        () -> problem(exchange, 413, "the body is too large"));
  }

  private static LeaseRequest wanted(HttpExchange exchange, LockId lock, RdlmBody body) {
    return new LeaseRequest(
        lock,
        1,
        body.json() ? WITH_JSON_TITLE : NAME,
        exchange.client(),
        body.title(),
        Optional.empty(),
        body.waitTime(),
        body.lifetime(),
        Duration.ZERO);
  }

  private void answer(HttpExchange exchange, LeaseOutcome outcome) {
    switch (outcome) {
      case LeaseOutcome.Granted(LeaseView lease) -> {
        exchange
            .with(HttpHeader.LOCATION.asString(), exchange.base() + RdlmJson.path(lease))
            .with("Lockex-Token", Long.toString(lease.token()))
            .answer(201);
      }
      case LeaseOutcome.TimedOut() -> problem(exchange, 408, "not granted in time");
      case LeaseOutcome.Unclaimed() -> problem(exchange, 408, "not claimed in time");
      case LeaseOutcome.Removed() -> problem(exchange, 409, "the request was deleted");
      case LeaseOutcome.Already() -> problem(exchange, 409, "already there");
      case LeaseOutcome.OtherShape() ->
          problem(exchange, 422, "the resource is in use with another mode or size");
      case LeaseOutcome.HungUp() -> exchange.close();
      case LeaseOutcome.Unavailable() -> unavailable(exchange);
      case LeaseOutcome.TooMany(LeaseLimits.Reached limit) ->
          problem(exchange.with("Retry-After", "1"), limit.isOfClient() ? 429 : 503, limit.words());
    }
  }

  private void lease(HttpExchange exchange, LockId lock, String uid) {
    switch (exchange.method()) {
      case "GET" ->
          exchange.when(
              leases.directory().find(lock, uid),
              found -> {
                if (found.isEmpty()) {
                  unavailable(exchange);
                } else if (found.get().isEmpty()) {
                  problem(exchange, 404, "no such lock");
                } else {
                  exchange.answer(200, RdlmJson.TYPE, hal.lease(found.get().getFirst()));
                }
              });
      // Without the secret: who has the address was given it with the lock.
      case "DELETE" ->
          exchange.when(leases.removal().release(lock, uid), done -> deleted(exchange, done));
      default -> problem(exchange.with("Allow", "GET, DELETE"), 405, "only GET and DELETE");
    }
  }

  private void deleted(HttpExchange exchange, Optional<Boolean> done) {
    if (done.isEmpty()) {
      unavailable(exchange);
    } else if (done.get()) {
      exchange.answer(204);
    } else {
      problem(exchange, 404, "no such lock");
    }
  }

  private void resources(HttpExchange exchange, Optional<LockId> lock, String who) {
    switch (exchange.method()) {
      case "GET" -> {
        if (lock.isEmpty()) {
          exchange.answer(200, RdlmJson.TYPE, hal.resources(leases.directory().all()));
        } else {
          exchange.when(
              leases.directory().contenders(lock.get()),
              all -> {
                if (all.isEmpty()) {
                  unavailable(exchange);
                } else {
                  // One that nobody uses is a resource, too: rdlm-py asks for its locks.
                  exchange.answer(200, RdlmJson.TYPE, hal.resource(lock.get(), all.get()));
                }
              });
        }
      }
      case "DELETE" -> {
        if (lock.isPresent()) {
          exchange.when(
              leases.removal().deleteAll(lock.get(), who),
              count -> deleted(exchange, count.map(number -> number > 0)));
        } else {
          exchange.when(leases.removal().deleteEverything(who), done -> deleted(exchange, done));
        }
      }
      default -> problem(exchange.with("Allow", "GET, DELETE"), 405, "only GET and DELETE");
    }
  }

  private void unavailable(HttpExchange exchange) {
    problem(exchange.with("Retry-After", "1"), 503, "the lock service is away");
  }

  private void problem(HttpExchange exchange, int status, String why) {
    exchange.answer(status, PROBLEM, hal.problem(status, why));
  }
}
