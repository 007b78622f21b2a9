package org.lockex.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.TimeUnit;

/** Counts for Prometheus and the status page. */
final class Metrics implements Statistics.Listener {
  private static final int SLOTS = 60;
  private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final long[] recent = new long[SLOTS];
  private long slot = System.nanoTime() / SLOT_NANOS;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Timer waited =
      Timer.builder("lockexd.wait")
          .description("from the request to its grant")
          .publishPercentiles(0.5, 0.95)
          .publishPercentileHistogram()
          .register(registry);
  private final Counter expiries = counter("lockexd.expiries", "grants whose lifetime ended");
  private final Counter timeouts = counter("lockexd.timeouts", "waits that ended without a grant");
  private final Counter releases = counter("lockexd.releases", "grants that were released");

  private Counter counter(String name, String what) {
    return Counter.builder(name).description(what).register(registry);
  }

  /** Shows how many requests wait and grants hold at {@code leases}, too. */
  void watch(Leases leases) {
    Gauge.builder("lockexd.waiting", leases, Leases::waiting)
        .description("requests on their way to a grant in this lockexd")
        .register(registry);
    Gauge.builder("lockexd.locks", leases, Leases::locks)
        .description("locks known to this lockexd")
        .register(registry);
    Gauge.builder("lockexd.connected", leases, known -> known.ready() ? 1 : 0)
        .description("whether ZooKeeper is there")
        .register(registry);
  }

  /** Shows how many clients are connected, too. */
  void watch(Gateway gateway) {
    Gauge.builder("lockexd.connections", gateway, Gateway::connections)
        .description("open connections of clients")
        .register(registry);
  }

  String scrape() {
    return registry.scrape();
  }

  /** How long grants were waited for: this share of them no longer than the answer. */
  double waitedMillis(double share) {
    for (ValueAtPercentile value : waited.takeSnapshot().percentileValues()) {
      if (Math.abs(value.percentile() - share) < 1e-6) {
        return value.value(TimeUnit.MILLISECONDS);
      }
    }
    return 0;
  }

  /** Grants of the last ten minutes, each number those of ten seconds, the oldest first. */
  synchronized long[] recentGrants() {
    advance();
    long[] counts = new long[SLOTS];
    for (int i = 0; i < SLOTS; i++) {
      counts[i] = recent[(int) ((slot + 1 + i) % SLOTS)];
    }
    return counts;
  }

  private synchronized void count() {
    advance();
    recent[(int) (slot % SLOTS)]++;
  }

  private void advance() {
    long now = System.nanoTime() / SLOT_NANOS;
    if (now - slot > SLOTS) {
      slot = now - SLOTS;
    }
    while (slot < now) {
      slot++;
      recent[(int) (slot % SLOTS)] = 0;
    }
  }

  long count(String what) {
    return (long)
        (switch (what) {
          case "expiries" -> expiries.count();
          case "timeouts" -> timeouts.count();
          case "releases" -> releases.count();
          default -> waited.count();
        });
  }

  @Override
  public void granted(long waitedNanos) {
    waited.record(waitedNanos, TimeUnit.NANOSECONDS);
    count();
  }

  @Override
  public void expired() {
    expiries.increment();
  }

  @Override
  public void timedOut() {
    timeouts.increment();
  }

  @Override
  public void released() {
    releases.increment();
  }
}
