package org.lockex.gateway.status;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
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
  private final LiveUpdates live;
  private final byte[] css = resource("status.css");
  private final byte[] script = resource("status.js");

  /**
   * The pages of one lockexd.
   *
   * @param leases the lease model
   * @param access who may do what
   * @param metrics what is counted
   */
  public StatusPages(Leases leases, Access access, GatewayMetrics metrics) {
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
          access.administrator(exchange, who -> page(exchange, fragment(), true));
        } else {
          page(exchange, StatusPage.totals(leases.directory().statistics()), false);
        }
      }
      case "/events" -> access.administrator(exchange, who -> live.join(exchange));
      case "/break" -> access.administrator(exchange, who -> breakLock(exchange, who));
      case "/status.css" -> exchange.answer(200, "text/css", css);
      case "/status.js" -> exchange.answer(200, "text/javascript", script);
      case "/metrics" ->
          exchange.answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape());
      case "/healthz" -> exchange.answer(200, "text/plain", "ok\n");
      case "/readyz" -> {
        boolean ready = leases.directory().ready();
        exchange.answer(ready ? 200 : 503, "text/plain", ready ? "ready\n" : "ZooKeeper is away\n");
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
        leases.removal().breakOne(lock.get(), uid.get(), who),
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
