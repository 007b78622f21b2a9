package org.lockex.gateway.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Promise;

/** Reads a request's body without blocking. */
final class RequestBody {
  private RequestBody() {}

  /** The body is larger than this lockexd takes. */
  static final class BodyTooLarge extends RuntimeException {
    private static final long serialVersionUID = 1;

    BodyTooLarge() {
      super("the body is too large", null, false, false);
    }
  }

  /** The body; fails with {@link BodyTooLarge}, or because the client went or was too slow. */
  static CompletableFuture<byte[]> read(Request request, RequestLimits limits) {
    CompletableFuture<byte[]> body = new CompletableFuture<>();
    body.orTimeout(limits.arrival().toMillis(), TimeUnit.MILLISECONDS);
    if (request.getLength() > limits.body()) {
      body.completeExceptionally(new BodyTooLarge());
      return body;
    }
    Content.Source.asByteArrayAsync(
        request,
        limits.body(),
        new Promise.Invocable<byte[]>() {
          @Override
          public void succeeded(byte[] bytes) {
            body.complete(bytes);
          }

          @Override
          public void failed(Throwable why) {
            body.completeExceptionally(
                why instanceof IllegalStateException ? new BodyTooLarge() : why);
          }

          @Override
          public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
          }
        });
    return body;
  }
}
