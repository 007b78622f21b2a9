package org.lockex.gateway.status;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.lockex.gateway.http.Access;
import org.lockex.gateway.http.Dialect;
import org.lockex.gateway.http.HttpExchange;
import org.lockex.gateway.http.PathNames;
import org.lockex.gateway.lease.Leases;
import org.lockex.znode.LockId;

/** What people and their tools look at: the status page, metrics, health. */
public final class StatusPages implements Dialect {
  private static final String POLICY =
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
          + " img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private final Leases leases;
  private final Access access;
  private final GatewayMetrics metrics;
  private final BooleanSupplier ready;
  private final Drain drain;
  private final LockMetricsSource locks;
  private final int metricsLocks;
  private final LiveUpdates live;
  private final byte[] css = resource("status.css");
  private final byte[] script = resource("status.js");

  /**
   * The pages of one lockexd.
   *
   * @param leases the lease model
   * @param access who may do what
   * @param metrics what is counted
   * @param ready whether clients can be served
   * @param drain sends new clients elsewhere
   * @param locks the metrics of each lock
   * @param metricsLocks how many locks who is no administrator sees one by one
   */
  public StatusPages(
      Leases leases,
      Access access,
      GatewayMetrics metrics,
      BooleanSupplier ready,
      Drain drain,
      LockMetricsSource locks,
      int metricsLocks) {
    this.locks = locks;
    this.metricsLocks = metricsLocks;
    this.drain = drain;
    this.ready = ready;
    this.leases = leases;
    this.access = access;
    this.metrics = metrics;
    this.live = new LiveUpdates(leases);
  }

  /** The end of this lockexd, while others stand behind the same address. */
  public interface Drain {
    /**
     * Begins, unless it has.
     *
     * @param who wants it
     */
    void begin(String who);

    /** {@return whether it has begun} */
    boolean isUnderWay();
  }

  /** The metrics of each lock. */
  public interface LockMetricsSource {
    /**
     * May take a moment.
     *
     * @param most of so many locks, by name
     * @return lines of Prometheus's text format
     */
    String text(int most);
  }

  private static byte[] resource(String name) {
    try (InputStream in = StatusPages.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("not in the image: " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean handle(HttpExchange exchange) {
    switch (exchange.path()) {
      case "/" -> {
        if (access.administered()) {
          access.administrator(exchange, who -> page(exchange));
        } else {
          page(exchange, StatusPage.totals(leases.directory().statistics()));
        }
      }
      case "/events" -> access.administrator(exchange, who -> live.join(exchange));
      case "/break" -> access.administrator(exchange, who -> breakLock(exchange, who));
      case "/drain" -> access.administrator(exchange, who -> drain(exchange, who));
      case "/status.css" -> exchange.answer(200, "text/css", css);
      case "/status.js" -> exchange.answer(200, "text/javascript", script);
      case "/metrics" ->
          exchange.when(
              access.isAdministrator(exchange),
              admin -> metrics(exchange, admin ? Integer.MAX_VALUE : metricsLocks));
      case "/healthz" -> exchange.answer(200, "text/plain", "ok\n");
      case "/readyz" -> {
        String why =
            drain.isUnderWay() ? "draining\n" : ready.getAsBoolean() ? "" : "ZooKeeper is away\n";
        exchange.answer(why.isEmpty() ? 200 : 503, "text/plain", why.isEmpty() ? "ready\n" : why);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Reads what is wanted on a thread of its own: to look at 30,000 locks takes its time. */
  private void page(HttpExchange exchange) {
    PageQuery query = PageQuery.of(exchange.query());
    exchange.when(
        CompletableFuture.supplyAsync(
            () -> StatusPage.content(leases.directory(), query, Optional.of(Instant.now())),
            Thread::startVirtualThread),
        content -> page(exchange, StatusPage.whole(content, query)));
  }

  private static void page(HttpExchange exchange, String html) {
    exchange
        .with("Content-Security-Policy", POLICY)
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "same-origin")
        .with("Cache-Control", "no-store")
        .answer(200, "text/html; charset=utf-8", html);
  }

  /** Of many locks they are put together on a thread of its own. */
  private void metrics(HttpExchange exchange, int most) {
    boolean open =
        exchange.header(HttpHeader.ACCEPT).orElse("").contains("application/openmetrics-text");
    if (most == 0) {
      exchange.answer(200, GatewayMetrics.type(open), metrics.scrape(open, ""));
    } else {
      exchange.when(
          CompletableFuture.supplyAsync(() -> locks.text(most), Thread::startVirtualThread),
          text -> exchange.answer(200, GatewayMetrics.type(open), metrics.scrape(open, text)));
    }
  }

  private void drain(HttpExchange exchange, String who) {
    if (exchange.method().equals("POST")) {
      drain.begin(who);
      exchange.answer(202, "text/plain", "draining\n");
    } else {
      exchange.with("Allow", "POST").answer(405);
    }
  }

  /** The form of the page. */
  private void breakLock(HttpExchange exchange, String who) {
    if (!exchange.method().equals("POST")) {
      exchange.with("Allow", "POST").answer(405);
    } else {
      exchange.body(
          bytes -> breakLock(exchange, who, new String(bytes, StandardCharsets.UTF_8)),
          () -> exchange.answer(413));
    }
  }

  private void breakLock(HttpExchange exchange, String who, String form) {
    String one = PageQuery.field(form, "one");
    int slash = one.indexOf('/');
    Optional<LockId> lock =
        slash < 0
            ? Optional.empty()
            : PathNames.decode(one.substring(0, slash)).flatMap(LockId::ifValid);
    if (lock.isEmpty()) {
      exchange.answer(400);
      return;
    }
    String back = PageQuery.field(form, "back");
    exchange.when(
        leases.removal().breakOne(lock.get(), one.substring(slash + 1), who),
        done -> {
          if (done.isEmpty()) {
            exchange.with("Retry-After", "1").answer(503);
          } else {
            // Made anew: nobody leads a browser elsewhere.
            String page = PageQuery.of(back.substring(back.indexOf('?') + 1)).link();
            exchange.with("Location", page).answer(303);
          }
        });
  }
}
