package org.lockex.gateway.http;

/** A way to speak to lockexd; the paths of different dialects do not collide. */
public interface Dialect {
  /**
   * Answers {@code exchange}, now or later.
   *
   * @param exchange the request
   * @return false if the path is none of this dialect's
   */
  boolean handle(HttpExchange exchange);
}
