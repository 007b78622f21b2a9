package org.lockex.gateway.status;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.lockex.gateway.http.GatewayServer;
import org.lockex.gateway.lease.LeaseLimits;
import org.lockex.gateway.lease.LeaseStatistics;
import org.lockex.gateway.lease.Leases;

/** Counts for Prometheus. */
public final class GatewayMetrics implements LeaseStatistics.LeaseListener {
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String END = "# EOF\n";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Timer waited =
      Timer.builder("lockexd.wait")
          .description("from the request to its grant")
          .publishPercentileHistogram()
          .register(registry);
  private final Counter waits = counter("lockexd.waits", "requests not granted at once");
  private final Counter expiries = counter("lockexd.expiries", "grants whose lifetime ended");
  private final Counter timeouts = counter("lockexd.timeouts", "waits that ended without a grant");
  private final Counter releases = counter("lockexd.releases", "grants that were released");

  /** Nothing has been counted. */
  public GatewayMetrics() {
    ProcessFigures.show(registry);
    for (LeaseLimits.Reached limit : LeaseLimits.Reached.values()) {
      var _ =
          refusals(limit); // a counter that is not there yet cannot be told from one that failed
    }
  }

  /**
   * Counts an answer.
   *
   * @param status its status code
   */
  public void answered(int status) {
    Counter.builder("lockexd.answers")
        .description("answers to requests, by status")
        .tag("code", Integer.toString(status))
        .register(registry)
        .increment();
  }

  private Counter refusals(LeaseLimits.Reached limit) {
    return Counter.builder("lockexd.refusals")
        .description("requests refused because a limit is reached")
        .tag("limit", limit.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }

  private Counter counter(String name, String what) {
    return Counter.builder(name).description(what).register(registry);
  }

  /**
   * Shows how many requests wait and grants hold at {@code leases}, too.
   *
   * @param leases the lease model
   */
  public void watch(Leases leases) {
    Gauge.builder("lockexd.waiting", leases, known -> known.directory().waiting())
        .description("requests on their way to a grant in this lockexd")
        .register(registry);
    Gauge.builder("lockexd.grants", leases, known -> known.directory().grants())
        .description("grants that this lockexd gave and that stand")
        .register(registry);
    Gauge.builder("lockexd.locks", leases, known -> known.directory().locks())
        .description("locks known to this lockexd")
        .register(registry);
    Gauge.builder("lockexd.connected", leases, known -> known.directory().ready() ? 1 : 0)
        .description("whether ZooKeeper is there")
        .register(registry);
  }

  /**
   * Shows how many clients are connected, too.
   *
   * @param gateway the HTTP server
   */
  public void watch(GatewayServer gateway) {
    Gauge.builder("lockexd.connections", gateway, GatewayServer::connections)
        .description("open connections of clients")
        .register(registry);
  }

  /** The media type of {@link #scrape}. */
  static String type(boolean open) {
    return open ? OPEN_METRICS : "text/plain; version=0.0.4; charset=utf-8";
  }

  /**
   * All metrics, as OpenMetrics or in Prometheus's older text format; those of locks at the end.
   */
  String scrape(boolean open, String locks) {
    if (!open) {
      return registry.scrape() + locks;
    }
    String own = registry.scrape(OPEN_METRICS);
    return own.substring(0, own.length() - END.length()) + locks + END;
  }

  @Override
  public void granted(long waitedNanos) {
    waited.record(waitedNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void waits() {
    waits.increment();
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

  @Override
  public void refused(LeaseLimits.Reached limit) {
    refusals(limit).increment();
  }
}
