package org.lockex.gateway.dialect;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lockex.gateway.http.Access;
import org.lockex.gateway.http.Dialect;
import org.lockex.gateway.http.HttpExchange;

/**
 * lockserver: counting locks over XML-RPC at {@code /RPC2}. A client joins a lock's queue ({@code
 * lock.query}), waits for its turn ({@code lock.wait}, as often as it takes) and releases. The
 * original's own client asks again and again instead: {@link LockcliMethods}.
 */
public final class XmlRpcDialect implements Dialect {
  private static final String TYPE = "text/xml";

  private final Access access;
  private final XmlRpcReader calls = new XmlRpcReader();
  private final Map<String, XmlRpcMethod> methods = new LinkedHashMap<>();

  /**
   * lockserver's methods and those that tell about methods, for clients that may lock.
   *
   * @param access who may do what
   * @param tickets lockserver's queries
   */
  public XmlRpcDialect(Access access, LockserverTickets tickets) {
    this.access = access;
    methods.putAll(LockserverMethods.of(tickets, access));
    methods.putAll(LockcliMethods.of(tickets));
    methods.put(
        "system.listMethods",
        new XmlRpcMethod(
            List.of("array"),
            "The names of all methods.",
            (x, p) -> XmlRpcMethod.done(List.copyOf(methods.keySet()))));
    methods.put(
        "system.methodHelp",
        new XmlRpcMethod(
            List.of("string", "string"),
            "What a method does.",
            (x, p) -> XmlRpcMethod.done(method(XmlRpcMethod.text(p, 0)).help())));
    methods.put(
        "system.methodSignature",
        new XmlRpcMethod(
            List.of("array", "string"),
            "The types of a method's value and parameters.",
            (x, p) -> XmlRpcMethod.done(List.of(method(XmlRpcMethod.text(p, 0)).signature()))));
  }

  private XmlRpcMethod method(String name) {
    XmlRpcMethod method = methods.get(name);
    if (method == null) {
      throw new XmlRpcFault(XmlRpcFault.NO_METHOD, "no such method: " + name);
    }
    return method;
  }

  @Override
  public boolean handle(HttpExchange exchange) {
    if (!exchange.path().equals("/RPC2")) {
      return false;
    }
    if (!exchange.method().equals("POST")) {
      exchange.with("Allow", "POST").answer(405);
    } else {
      access.client(exchange, () -> call(exchange));
    }
    return true;
  }

  private void call(HttpExchange exchange) {
    exchange.body(bytes -> call(exchange, bytes), () -> exchange.answer(413));
  }

  private void call(HttpExchange exchange, byte[] bytes) {
    try {
      XmlRpcReader.Call call = calls.read(bytes);
      XmlRpcMethod method = method(call.method());
      if (call.parameters().size() != method.arity()) {
        throw new XmlRpcFault(
            XmlRpcFault.PARAMETERS, call.method() + " takes " + method.arity() + " parameters");
      }
      exchange.when(
          method.body().call(exchange, call.parameters()),
          value -> exchange.answer(200, TYPE, XmlRpcWriter.value(value)),
          failure -> {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            fault(
                exchange,
                cause instanceof XmlRpcFault f
                    ? f
                    : new XmlRpcFault(XmlRpcFault.AWAY, "try again"));
          });
    } catch (XmlRpcReader.Malformed e) {
      fault(exchange, new XmlRpcFault(XmlRpcFault.PARSE, String.valueOf(e.getMessage())));
    } catch (XmlRpcFault fault) {
      fault(exchange, fault);
    }
  }

  private static void fault(HttpExchange exchange, XmlRpcFault fault) {
    exchange.answer(200, TYPE, XmlRpcWriter.fault(fault.code(), fault.sentence()));
  }
}
