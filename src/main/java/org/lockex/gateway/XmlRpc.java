package org.lockex.gateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * lockserver: counting locks over XML-RPC at {@code /RPC2}. A client joins a lock's queue ({@code
 * lock.query}), waits for its turn ({@code lock.wait}, as often as it takes) and releases.
 */
final class XmlRpc implements Dialect {
  static final String NAME = "xmlrpc";
  private static final String TYPE = "text/xml";

  /** What is answered instead of a value. */
  static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;
    final int code;

    Fault(int code, String sentence) {
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
  private final Calls calls = new Calls();
  private final Map<String, Method> methods = new LinkedHashMap<>();

  /** One method of the service. */
  record Method(List<String> signature, String help, Body body) {}

  /** What a method does. */
  interface Body {
    CompletableFuture<? extends Object> call(Exchange exchange, List<Object> parameters);
  }

  XmlRpc(Access access, Tickets tickets) {
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
      throw new Fault(NO_METHOD, "no such method: " + name);
    }
    return method;
  }

  /** A parameter that must be a string. */
  static String text(List<Object> parameters, int index) {
    if (index < parameters.size() && parameters.get(index) instanceof String text) {
      return text;
    }
    throw new Fault(PARAMETERS, "parameter " + (index + 1) + " must be a string");
  }

  @Override
  public boolean handle(Exchange exchange) {
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

  private void call(Exchange exchange) {
    Later.either(
        exchange.body(),
        (bytes, failure) -> {
          if (failure instanceof Exchange.TooLarge) {
            exchange.with("Connection", "close").answer(413);
          } else if (failure != null) {
            exchange.close();
          } else {
            call(exchange, bytes);
          }
        });
  }

  private void call(Exchange exchange, byte[] bytes) {
    try {
      Calls.Call call = calls.read(bytes);
      Method method = method(call.method());
      if (call.parameters().size() != method.signature().size() - 1) {
        int wanted = method.signature().size() - 1;
        throw new Fault(PARAMETERS, call.method() + " takes " + wanted + " parameters");
      }
      Later.either(
          method.body().call(exchange, call.parameters()),
          (value, failure) -> {
            if (failure == null) {
              exchange.answer(200, TYPE, Answers.value(value));
            } else {
              Throwable cause = failure.getCause() == null ? failure : failure.getCause();
              fault(exchange, cause instanceof Fault f ? f : new Fault(AWAY, "try again"));
            }
          });
    } catch (Calls.Malformed e) {
      fault(exchange, new Fault(PARSE, String.valueOf(e.getMessage())));
    } catch (Fault fault) {
      fault(exchange, fault);
    }
  }

  private static void fault(Exchange exchange, Fault fault) {
    exchange.answer(200, TYPE, Answers.fault(fault.code, fault.sentence()));
  }
}
