package org.lockex.gateway.dialect;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The methods that lockserver's own client, its {@code lockcli.py}, calls: it asks again each
 * second until both values of an answer are true. So there are no faults here for what time may
 * mend, and nothing waits long.
 */
final class LockcliMethods {
  private static final List<Object> NOT_JOINED = List.of(false, "");
  private static final int MOST_INFO = 1024;

  private LockcliMethods() {}

  static Map<String, XmlRpcMethod> of(LockserverTickets tickets) {
    Map<String, XmlRpcMethod> methods = new LinkedHashMap<>();
    methods.put(
        "query_lock",
        new XmlRpcMethod(
            List.of("array", "string", "string"),
            "query_lock(name, info): joins the lock's queue; returns [joined, id].",
            (exchange, p) ->
                query(tickets, XmlRpcMethod.text(p, 0), info(p.get(1)), exchange.client())));
    methods.put(
        "get_lock",
        new XmlRpcMethod(
            List.of("array", "string", "string"),
            "get_lock(name, id): asks for the turn, to be called again until it has come; returns"
                + " [still there, granted].",
            (exchange, p) -> get(tickets, XmlRpcMethod.text(p, 0), XmlRpcMethod.text(p, 1))));
    methods.put(
        "release_lock",
        new XmlRpcMethod(
            List.of("array", "string", "string"),
            "release_lock(name, id): gives the lock, or the place in the queue, back; returns [was"
                + " there, released].",
            (exchange, p) -> release(tickets, XmlRpcMethod.text(p, 0), XmlRpcMethod.text(p, 1))));
    return methods;
  }

  /** Any value will do; it is for people. A long one is cut, because its client only asks again. */
  private static String info(Object value) {
    String text = value.toString();
    if (text.length() <= MOST_INFO) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(MOST_INFO - 1)) ? MOST_INFO - 1 : MOST_INFO;
    return text.substring(0, end);
  }

  private static CompletableFuture<? extends Object> query(
      LockserverTickets tickets, String name, String info, String client) {
    Optional<CountingLock> lock = tickets.known(name);
    return lock.isEmpty()
        ? XmlRpcMethod.done(NOT_JOINED)
        : tickets
            .query(lock.get(), info, client)
            .handle((ticket, failure) -> failure == null ? List.of(true, ticket) : NOT_JOINED);
  }

  private static CompletableFuture<? extends Object> get(
      LockserverTickets tickets, String name, String id) {
    Optional<CountingLock> lock = tickets.known(name);
    return lock.isEmpty()
        ? XmlRpcMethod.done(both(false))
        : tickets
            .poll(lock.get(), id)
            .handle((word, failure) ->
                failure != null || word.equals("expired")
                    ? both(false)
                    : List.of(true, word.equals("granted")));
  }

  private static CompletableFuture<? extends Object> release(
      LockserverTickets tickets, String name, String id) {
    Optional<CountingLock> lock = tickets.known(name);
    return lock.isEmpty()
        ? XmlRpcMethod.done(both(false))
        : tickets
            .release(lock.get(), id)
            .handle((released, failure) -> both(failure == null && released.equals(true)));
  }

  private static List<Object> both(boolean value) {
    return List.of(value, value);
  }
}
