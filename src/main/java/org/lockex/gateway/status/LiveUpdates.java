package org.lockex.gateway.status;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.Callback;
import org.lockex.gateway.http.HttpExchange;
import org.lockex.gateway.lease.Leases;

/**
 * Server-sent events (HTML Living Standard, 9.2): the status page's changing part, as it changes.
 */
final class LiveUpdates {
  /** Many changes make one event. */
  private static final Duration GATHER = Duration.ofMillis(250);

  private static final Duration REPEAT = Duration.ofSeconds(10);
  private static final int MOST_VIEWERS = 100;

  private final Leases leases;
  private final Supplier<String> fragment;
  private final JsonMapper json = new JsonMapper();
  private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean pending = new AtomicBoolean();

  /** One page that looks on. */
  private static final class Viewer {
    final HttpExchange exchange;
    final AtomicBoolean writing = new AtomicBoolean();

    Viewer(HttpExchange exchange) {
      this.exchange = exchange;
    }
  }

  LiveUpdates(Leases leases, Supplier<String> fragment) {
    this.leases = leases;
    this.fragment = fragment;
    leases.onChange(this::changed);
  }

  void join(HttpExchange exchange) {
    if (viewers.size() >= MOST_VIEWERS) {
      exchange.with("Retry-After", "10").answer(503);
      return;
    }
    Viewer viewer = new Viewer(exchange);
    exchange.onHangUp(() -> leave(viewer, new IOException("the viewer left")));
    exchange.response().getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
    exchange.response().getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    viewers.add(viewer);
    push(viewer, event());
    repeat(viewer);
  }

  /** Remaining times grow shorter also when nothing happens. */
  private void repeat(Viewer viewer) {
    leases.later(
        REPEAT,
        () -> {
          if (viewers.contains(viewer)) {
            Thread.startVirtualThread(() -> push(viewer, event()));
            repeat(viewer);
          }
        });
  }

  private void changed() {
    if (!viewers.isEmpty() && pending.compareAndSet(false, true)) {
      leases.later(GATHER, () -> Thread.startVirtualThread(this::pushAll));
    }
  }

  private void pushAll() {
    pending.set(false);
    byte[] event = event();
    viewers.forEach(viewer -> push(viewer, event));
  }

  private byte[] event() {
    try {
      String data = json.writeValueAsString(fragment.get());
      return ("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      return ": nothing\n\n".getBytes(StandardCharsets.UTF_8);
    }
  }

  private void push(Viewer viewer, byte[] event) {
    if (viewer.writing.compareAndSet(false, true)) {
      viewer
          .exchange
          .response()
          .write(
              false,
              ByteBuffer.wrap(event),
              Callback.from(() -> viewer.writing.set(false), why -> leave(viewer, why)));
    }
  }

  private void leave(Viewer viewer, Throwable why) {
    if (viewers.remove(viewer)) {
      viewer.exchange.callback().failed(why);
    }
  }
}
