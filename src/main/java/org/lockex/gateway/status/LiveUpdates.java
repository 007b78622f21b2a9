package org.lockex.gateway.status;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.Callback;
import org.lockex.gateway.http.HttpExchange;
import org.lockex.gateway.lease.Leases;

/**
 * Server-sent events (HTML Living Standard, 9.2): what has changed on the page that each reader
 * looks at. {@code status.js} does to its page what {@link PageContent#since} says.
 */
final class LiveUpdates {
  /** Many changes make one event. */
  private static final Duration GATHER = Duration.ofMillis(250);

  /** Looking at very many locks takes at most one part in so many of a processor. */
  private static final int PART = 8;

  private static final Duration REPEAT = Duration.ofSeconds(10);
  private static final int MOST_VIEWERS = 100;

  private final Leases leases;
  private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean pending = new AtomicBoolean();
  private volatile Duration lookTook = Duration.ZERO;

  /** One page that looks on. */
  private static final class Viewer {
    final HttpExchange exchange;
    final PageQuery query;

    /** Held by whoever writes, and by the answer until it is sent. */
    final AtomicBoolean writing = new AtomicBoolean();

    /** Something changed while an event was being sent. */
    final AtomicBoolean missed = new AtomicBoolean();

    /** What its page shows; only for who holds {@link #writing}. */
    PageContent shown = PageContent.NOTHING;

    Viewer(HttpExchange exchange) {
      this.exchange = exchange;
      this.query = PageQuery.of(exchange.query());
    }
  }

  LiveUpdates(Leases leases) {
    this.leases = leases;
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
    Thread.startVirtualThread(() -> push(viewer, content(viewer.query)));
    repeat(viewer);
  }

  /** A connection that is gone is noticed by a write, and numbers change by mere time. */
  private void repeat(Viewer viewer) {
    leases.later(
        REPEAT,
        () -> {
          if (viewers.contains(viewer)) {
            Thread.startVirtualThread(() -> push(viewer, content(viewer.query)));
            repeat(viewer);
          }
        });
  }

  private void changed() {
    if (!viewers.isEmpty() && pending.compareAndSet(false, true)) {
      Duration rest = lookTook.multipliedBy(PART);
      leases.later(
          rest.compareTo(GATHER) > 0 ? rest : GATHER,
          () -> Thread.startVirtualThread(this::pushAll));
    }
  }

  private void pushAll() {
    pending.set(false);
    long start = System.nanoTime();
    // Readers of the same page are looked up once.
    Map<PageQuery, PageContent> contents = new HashMap<>();
    for (Viewer viewer : viewers) {
      push(viewer, contents.computeIfAbsent(viewer.query, this::content));
    }
    lookTook = Duration.ofNanos(System.nanoTime() - start);
  }

  private PageContent content(PageQuery query) {
    return StatusPage.content(leases.directory(), query, Optional.empty());
  }

  private void push(Viewer viewer, PageContent content) {
    if (!viewer.writing.compareAndSet(false, true)) {
      viewer.missed.set(true);
      return;
    }
    ObjectNode news = content.since(viewer.shown);
    news.put("now", Instant.now().toEpochMilli());
    viewer.shown = content;
    viewer
        .exchange
        .response()
        .write(
            false,
            ByteBuffer.wrap(("data: " + news + "\n\n").getBytes(StandardCharsets.UTF_8)),
            Callback.from(
                () -> {
                  viewer.writing.set(false);
                  if (viewer.missed.compareAndSet(true, false)) {
                    changed();
                  }
                },
                why -> leave(viewer, why)));
  }

  private void leave(Viewer viewer, Throwable why) {
    if (viewers.remove(viewer)) {
      viewer.exchange.callback().failed(why);
    }
  }
}
