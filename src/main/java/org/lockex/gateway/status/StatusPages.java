package org.lockex.gateway.status;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.lockex.gateway.http.Access;
import org.lockex.gateway.http.Dialect;
import org.lockex.gateway.http.HttpExchange;
import org.lockex.gateway.http.PathNames;
import org.lockex.gateway.lease.BusyLock;
import org.lockex.gateway.lease.Leases;
import org.lockex.znode.LockId;

/** What people and their tools look at: the status page, metrics, health. */
public final class StatusPages implements Dialect {
  private static final String POLICY =
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
          + " img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private static final int MOST_LOCKS = 200;

  private final Leases leases;
  private final Access access;
  private final GatewayMetrics metrics;
  private final BooleanSupplier ready;
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
   */
  public StatusPages(Leases leases, Access access, GatewayMetrics metrics, BooleanSupplier ready) {
    this.ready = ready;
    this.leases = leases;
    this.access = access;
    this.metrics = metrics;
    this.live = new LiveUpdates(leases, this::fragment);
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
          access.administrator(exchange, () -> page(exchange, fragment(), true));
        } else {
          page(exchange, StatusPage.totals(leases.directory().statistics()), false);
        }
      }
      case "/events" -> access.administrator(exchange, () -> live.join(exchange));
      case "/break" -> access.administrator(exchange, () -> breakLock(exchange));
      case "/status.css" -> exchange.answer(200, "text/css", css);
      case "/status.js" -> exchange.answer(200, "text/javascript", script);
      case "/metrics" ->
          exchange.answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape());
      case "/healthz" -> exchange.answer(200, "text/plain", "ok\n");
      case "/readyz" -> {
        boolean now = ready.getAsBoolean();
        exchange.answer(now ? 200 : 503, "text/plain", now ? "ready\n" : "ZooKeeper is away\n");
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private String fragment() {
    List<BusyLock> locks = leases.directory().busy(MOST_LOCKS);
    return StatusPage.live(
        leases.directory().statistics(),
        locks,
        locks.size() < MOST_LOCKS ? 0 : leases.directory().busy() - MOST_LOCKS);
  }

  private static void page(HttpExchange exchange, String content, boolean live) {
    exchange
        .with("Content-Security-Policy", POLICY)
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "same-origin")
        .with("Cache-Control", "no-store")
        .answer(200, "text/html; charset=utf-8", StatusPage.page(content, live));
  }

  /** A form of our own page only: a browser tells where a form comes from. */
  private void breakLock(HttpExchange exchange) {
    Optional<String> origin = exchange.header(HttpHeader.ORIGIN);
    // Not the scheme, which a proxy in front may have changed.
    boolean ours = origin.isEmpty() || origin.get().endsWith("://" + exchange.authority());
    if (!exchange.method().equals("POST")) {
      exchange.with("Allow", "POST").answer(405);
    } else if (!ours) {
      exchange.answer(403);
    } else {
      exchange.body(
          bytes -> breakLock(exchange, new String(bytes, StandardCharsets.UTF_8)),
          () -> exchange.answer(413));
    }
  }

  private void breakLock(HttpExchange exchange, String form) {
    Optional<LockId> lock =
        field(form, "lock")
            .flatMap(PathNames::decode)
            .flatMap(PathNames::decode)
            .flatMap(LockId::ifValid);
    Optional<String> uid = field(form, "uid");
    if (lock.isEmpty() || uid.isEmpty()) {
      exchange.answer(400);
      return;
    }
    exchange.when(
        leases.removal().breakOne(lock.get(), uid.get()),
        done -> {
          if (done.isEmpty()) {
            exchange.with("Retry-After", "1").answer(503);
          } else {
            exchange.with("Location", "./").answer(303);
          }
        });
  }

  private static Optional<String> field(String form, String name) {
    for (String pair : form.split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        return Optional.of(pair.substring(name.length() + 1));
      }
    }
    return Optional.empty();
  }
}
