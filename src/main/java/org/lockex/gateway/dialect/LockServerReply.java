package org.lockex.gateway.dialect;

import org.lockex.gateway.http.Access;
import org.lockex.gateway.http.ClientExchange;
import org.lockex.gateway.http.HttpExchange;
import org.lockex.gateway.http.LineExchange;

/** How a client of Lock::Server is answered, which depends on whether it speaks HTTP. */
sealed interface LockServerReply {
  /** The request. */
  ClientExchange exchange();

  /** The value, which is the answer. */
  void say(String value);

  /** As {@link #say}, of a grant with its fencing token. */
  void granted(String value, long token);

  /** There is no value to say; HTTP has a status for why. */
  void nothing(int status);

  /** As {@link #nothing}, where asking again may help. */
  void later(int status);

  /** Lets a client through that may take and free locks. */
  void allowed(Access access, Runnable then);

  /** With a version: statuses and headers. */
  record OverHttp(HttpExchange exchange) implements LockServerReply {
    @Override
    public void say(String value) {
      exchange.answer(200, "text/plain", value + "\n");
    }

    @Override
    public void granted(String value, long token) {
      exchange.with("Lockex-Token", Long.toString(token));
      say(value);
    }

    @Override
    public void nothing(int status) {
      exchange.answer(status);
    }

    @Override
    public void later(int status) {
      exchange.with("Retry-After", "1").answer(status);
    }

    @Override
    public void allowed(Access access, Runnable then) {
      access.client(exchange, then);
    }
  }

  /** Without: one line or nothing. */
  record AsLine(LineExchange exchange) implements LockServerReply {
    @Override
    public void say(String value) {
      exchange.say(value);
    }

    @Override
    public void granted(String value, long token) {
      exchange.say(value);
    }

    @Override
    public void nothing(int status) {
      exchange.close();
    }

    @Override
    public void later(int status) {
      exchange.close();
    }

    @Override
    public void allowed(Access access, Runnable then) {
      if (access.needsNoSecret()) {
        then.run();
      } else {
        exchange.close();
      }
    }
  }
}
