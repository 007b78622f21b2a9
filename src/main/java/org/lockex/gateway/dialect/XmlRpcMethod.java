package org.lockex.gateway.dialect;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.lockex.gateway.http.HttpExchange;

/**
 * One method of an XML-RPC service.
 *
 * @param signature the type of its value, then those of its parameters
 * @param help what it does
 * @param body does it
 */
record XmlRpcMethod(List<String> signature, String help, MethodBody body) {

  /** What a method does. */
  interface MethodBody {
    /** The value, or an {@link XmlRpcFault}, now or later. */
    CompletableFuture<? extends Object> call(HttpExchange exchange, List<Object> parameters);
  }

  /** How many parameters it takes. */
  int arity() {
    return signature.size() - 1;
  }

  /** A value that is there already. */
  static CompletableFuture<Object> done(Object value) {
    return CompletableFuture.completedFuture(value);
  }

  /** A parameter that must be a string. */
  static String text(List<Object> parameters, int index) {
    if (index < parameters.size() && parameters.get(index) instanceof String text) {
      return text;
    }
    throw new XmlRpcFault(XmlRpcFault.PARAMETERS, "parameter " + (index + 1) + " must be a string");
  }
}
