package org.lockex.gateway.dialect;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lockex.gateway.http.Access;

/** The methods of lockserver, over its {@link LockserverTickets}. */
final class LockserverMethods {
  private static final Duration LONGEST_CALL = Duration.ofMinutes(5);

  private LockserverMethods() {}

  static Map<String, XmlRpcMethod> of(LockserverTickets tickets, Access access) {
    Map<String, XmlRpcMethod> methods = new LinkedHashMap<>();
    methods.put(
        "lock.query",
        new XmlRpcMethod(
            List.of("string", "string", "string"),
            "lock.query(name, description): joins the lock's queue and returns a ticket.",
            (exchange, p) ->
                tickets.query(
                    tickets.lock(XmlRpcMethod.text(p, 0)),
                    XmlRpcMethod.text(p, 1),
                    exchange.client())));
    methods.put(
        "lock.wait",
        new XmlRpcMethod(
            List.of("string", "string", "string", "double"),
            "lock.wait(name, ticket, seconds): waits for the turn; returns granted, waiting (call"
                + " again) or expired.",
            (exchange, p) ->
                tickets.await(
                    exchange,
                    tickets.lock(XmlRpcMethod.text(p, 0)),
                    XmlRpcMethod.text(p, 1),
                    seconds(p.get(2)))));
    methods.put(
        "lock.release",
        new XmlRpcMethod(
            List.of("boolean", "string", "string"),
            "lock.release(name, ticket): gives the lock, or the place in the queue, back; false if"
                + " there was none.",
            (exchange, p) ->
                tickets.release(tickets.lock(XmlRpcMethod.text(p, 0)), XmlRpcMethod.text(p, 1))));
    methods.put(
        "lock.info",
        new XmlRpcMethod(
            List.of("struct", "string", "string"),
            "lock.info(name, ticket): state (granted, waiting or expired), and when granted the"
                + " fencing token and when it expires (seconds of Unix time), as strings.",
            (exchange, p) ->
                tickets.info(tickets.lock(XmlRpcMethod.text(p, 0)), XmlRpcMethod.text(p, 1))));
    methods.put(
        "lock.list",
        new XmlRpcMethod(
            List.of("array"),
            "lock.list(): for each lock its name, size, holders and waiters, each with description,"
                + " since and token, and for administrators the ticket.",
            (exchange, p) -> access.isAdministrator(exchange).thenApply(tickets::list)));
    return methods;
  }

  private static Duration seconds(Object value) {
    String text =
        value instanceof Long || value instanceof Double ? String.valueOf(value) : "not a number";
    Duration seconds =
        Seconds.of(text)
            .orElseThrow(
                () -> new XmlRpcFault(XmlRpcFault.PARAMETERS, "seconds must be a number >= 0"));
    return seconds.compareTo(LONGEST_CALL) > 0 ? LONGEST_CALL : seconds;
  }
}
