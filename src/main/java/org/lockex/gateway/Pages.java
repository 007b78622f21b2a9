package org.lockex.gateway;

/** What people and their tools look at: the status page, metrics, health. */
final class Pages implements Dialect {
  private final Leases leases;
  private final Metrics metrics;

  Pages(Leases leases, Access access, Metrics metrics) {
    this.leases = leases;
    this.metrics = metrics;
  }

  @Override
  public boolean handle(Exchange exchange) {
    switch (exchange.path()) {
      case "/metrics" ->
          exchange.answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape());
      case "/healthz" -> exchange.answer(200, "text/plain", "ok\n");
      case "/readyz" -> {
        boolean ready = leases.ready();
        exchange.answer(ready ? 200 : 503, "text/plain", ready ? "ready\n" : "ZooKeeper is away\n");
      }
      default -> {
        return false;
      }
    }
    return true;
  }
}
