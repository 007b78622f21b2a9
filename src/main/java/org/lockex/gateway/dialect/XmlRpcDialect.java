package org.lockex.gateway.dialect;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.lockex.gateway.http.Access;
import org.lockex.gateway.http.Dialect;
import org.lockex.gateway.http.HttpExchange;
import org.lockex.gateway.lease.Later;

/**
 * lockserver: counting locks over XML-RPC at {@code /RPC2}. A client joins a lock's queue ({@code
 * lock.query}), waits for its turn ({@code lock.wait}, as often as it takes) and releases.
 */
public final class XmlRpcDialect implements Dialect {
  static final String NAME = "xmlrpc";
  private static final String TYPE = "text/xml";

  /** What is answered instead of a value. */
  static final class RpcFault extends RuntimeException {
    private static final long serialVersionUID = 1;
    final int code;

    RpcFault(int code, String sentence) {
      super(sentence, null, false, false);
      this.code = code;
    }

    String sentence() {
      return String.valueOf(getMessage());
    }
  }

  static final int NO_SUCH_LOCK = 1;
  static final int OTHER_SIZE = 2;
  static final int AWAY = 3;
  static final int TOO_MANY = 4;
  static final int PARSE = -32700;
  static final int NO_METHOD = -32601;
  static final int PARAMETERS = -32602;

  private final Access access;
  private final XmlRpcReader calls = new XmlRpcReader();
  private final Map<String, Method> methods = new LinkedHashMap<>();

  /** One method of the service. */
  record Method(List<String> signature, String help, Body body) {}

  /** What a method does. */
  interface Body {
    CompletableFuture<? extends Object> call(HttpExchange exchange, List<Object> parameters);
  }

  public XmlRpcDialect(Access access, LockserverTickets tickets) {
    this.access = access;
    tickets.declare(methods);
    methods.put(
        "system.listMethods",
        new Method(
            List.of("array"),
            "The names of all methods.",
            (x, p) -> done(List.copyOf(methods.keySet()))));
    methods.put(
        "system.methodHelp",
        new Method(
            List.of("string", "string"),
            "What a method does.",
            (x, p) -> done(method(text(p, 0)).help())));
    methods.put(
        "system.methodSignature",
        new Method(
            List.of("array", "string"),
            "The types of a method's value and parameters.",
            (x, p) -> done(List.of(method(text(p, 0)).signature()))));
  }

  static CompletableFuture<Object> done(Object value) {
    return CompletableFuture.completedFuture(value);
  }

  private Method method(String name) {
    Method method = methods.get(name);
    if (method == null) {
      throw new RpcFault(NO_METHOD, "no such method: " + name);
    }
    return method;
  }

  /** A parameter that must be a string. */
  static String text(List<Object> parameters, int index) {
    if (index < parameters.size() && parameters.get(index) instanceof String text) {
      return text;
    }
    throw new RpcFault(PARAMETERS, "parameter " + (index + 1) + " must be a string");
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
    Later.either(
        exchange.body(),
        (bytes, failure) -> {
          if (failure instanceof HttpExchange.BodyTooLarge) {
            exchange.with("Connection", "close").answer(413);
          } else if (failure != null) {
            exchange.close();
          } else {
            call(exchange, bytes);
          }
        });
  }

  private void call(HttpExchange exchange, byte[] bytes) {
    try {
      XmlRpcReader.Call call = calls.read(bytes);
      Method method = method(call.method());
      if (call.parameters().size() != method.signature().size() - 1) {
        int wanted = method.signature().size() - 1;
        throw new RpcFault(PARAMETERS, call.method() + " takes " + wanted + " parameters");
      }
      Later.either(
          method.body().call(exchange, call.parameters()),
          (value, failure) -> {
            if (failure == null) {
              exchange.answer(200, TYPE, XmlRpcWriter.value(value));
            } else {
              Throwable cause = failure.getCause() == null ? failure : failure.getCause();
              fault(exchange, cause instanceof RpcFault f ? f : new RpcFault(AWAY, "try again"));
            }
          });
    } catch (XmlRpcReader.Malformed e) {
      fault(exchange, new RpcFault(PARSE, String.valueOf(e.getMessage())));
    } catch (RpcFault fault) {
      fault(exchange, fault);
    }
  }

  private static void fault(HttpExchange exchange, RpcFault fault) {
    exchange.answer(200, TYPE, XmlRpcWriter.fault(fault.code, fault.sentence()));
  }
}
