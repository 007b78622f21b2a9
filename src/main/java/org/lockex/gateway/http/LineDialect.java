package org.lockex.gateway.http;

/** What speaks to clients that send a line without an HTTP version. */
public interface LineDialect {
  /**
   * Answers a line, now or later.
   *
   * @param exchange the request
   */
  void handle(LineExchange exchange);
}
