package org.lockex.gateway.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;

/** One request and its one answer. Nothing here blocks. */
public final class HttpExchange {
  private static final int HANGUP_BUFFER = 512;

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final RequestLimits limits;
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile Runnable unsent = () -> {};

  public HttpExchange(Request request, Response response, Callback callback, RequestLimits limits) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.limits = limits;
  }

  public String method() {
    return request.getMethod();
  }

  /** The path as it was sent, still percent-encoded. */
  public String path() {
    String path = request.getHttpURI().getPath();
    return path == null ? "" : path;
  }

  /** Whether the client speaks HTTP/0.9: it gets the body and nothing else. */
  public boolean bare() {
    return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_0_9;
  }

  /** Where the client says it reached us: scheme and authority. */
  public String base() {
    return request.getHttpURI().getScheme() + "://" + authority();
  }

  /** The host, and where it is not the usual one the port, that the client says it reached. */
  public String authority() {
    String host = request.getHeaders().get(HttpHeader.HOST);
    return host == null || host.isEmpty()
        ? Request.getServerName(request) + ":" + Request.getServerPort(request)
        : host;
  }

  /** The client's address. */
  public String client() {
    return Request.getRemoteAddr(request);
  }

  public Optional<String> header(HttpHeader name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /** Adds a header to the answer. */
  public HttpExchange with(String name, String value) {
    response.getHeaders().put(name, value);
    return this;
  }

  /**
   * Runs {@code then} with the request's body, or {@code tooLarge}. If the client goes or is too
   * slow, the connection is closed.
   */
  public void body(Consumer<byte[]> then, Runnable tooLarge) {
    Continuation.of(
        read(),
        (bytes, failure) -> {
          if (failure instanceof BodyTooLarge) {
            with("Connection", "close");
            tooLarge.run();
          } else if (failure != null) {
            close();
          } else {
            then.accept(bytes);
          }
        },
        this::defect);
  }

  /**
   * Runs {@code then}, which answers, with the future's value. If the future fails or {@code then}
   * throws, the client is told 503 and what it would have got is given back, so that no client
   * waits for good.
   */
  public <T> void when(CompletableFuture<T> future, Consumer<? super T> then) {
    when(future, then, failure -> defect());
  }

  /** As {@link #when(CompletableFuture, Consumer)}, with an answer to failures, too. */
  public <T> void when(
      CompletableFuture<T> future, Consumer<? super T> then, Consumer<Throwable> failed) {
    Continuation.of(
        future,
        (value, failure) -> {
          if (failure == null) {
            then.accept(value);
          } else {
            failed.accept(failure);
          }
        },
        this::defect);
  }

  private void defect() {
    if (!answered.get()) {
      unsent.run();
      with("Retry-After", "1").answer(503);
    }
  }

  private CompletableFuture<byte[]> read() {
    CompletableFuture<byte[]> body = new CompletableFuture<>();
    body.orTimeout(limits.arrival().toMillis(), TimeUnit.MILLISECONDS);
    long length = request.getLength();
    if (length > limits.body()) {
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

  /** The body is larger than this lockexd takes. */
  private static final class BodyTooLarge extends RuntimeException {
    private static final long serialVersionUID = 1;

    BodyTooLarge() {
      super("the body is too large", null, false, false);
    }
  }

  /**
   * Watches the connection of a request that waits, which Jetty does not: after the request nothing
   * is read from it. What the client sends is dropped, and the connection is closed after the
   * answer (RFC 9112, section 9.3). The end of what it sends is taken for its going.
   */
  public void onHangUp(Runnable gone) {
    if (answered.get()) {
      return;
    }
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    endPoint.setIdleTimeout(0);
    watch(endPoint, gone);
  }

  private void watch(EndPoint endPoint, Runnable gone) {
    endPoint.tryFillInterested(
        new Callback() {
          @Override
          public void succeeded() {
            if (answered.get()) {
              return;
            }
            boolean there;
            try {
              there = drain(endPoint);
            } catch (java.io.IOException e) {
              there = false;
            }
            if (there) {
              watch(endPoint, gone);
            } else {
              gone.run();
            }
          }

          @Override
          public void failed(Throwable why) {
            if (!answered.get()) {
              gone.run();
            }
          }

          @Override
          public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
          }
        });
  }

  private static boolean drain(EndPoint endPoint) throws java.io.IOException {
    ByteBuffer buffer = ByteBuffer.allocate(HANGUP_BUFFER);
    buffer.limit(0);
    int filled = endPoint.fill(buffer);
    while (filled > 0) {
      buffer.clear().limit(0);
      filled = endPoint.fill(buffer);
    }
    return filled == 0;
  }

  /** What to do if the answer cannot be sent. */
  public void ifUnsent(Runnable then) {
    unsent = then;
  }

  /** Answers without a body. */
  public void answer(int status) {
    answer(status, "", "");
  }

  /** Answers; only the first answer counts. */
  public void answer(int status, String type, String body) {
    answer(status, type, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers; only the first answer counts. */
  public void answer(int status, String type, byte[] body) {
    if (!answered.compareAndSet(false, true)) {
      return;
    }
    response.setStatus(status);
    if (!type.isEmpty()) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    }
    if (status != 204) {
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    }
    response.write(
        true,
        ByteBuffer.wrap(body),
        Callback.from(
            callback::succeeded,
            why -> {
              unsent.run();
              callback.failed(why);
            }));
  }

  /** Closes the connection with nothing said. */
  public void close() {
    if (answered.compareAndSet(false, true)) {
      request.getConnectionMetaData().getConnection().getEndPoint().close();
      callback.failed(new EofException("nothing to say"));
    }
  }

  /** The request itself, for what streams. */
  public Request request() {
    return request;
  }

  public Response response() {
    return response;
  }

  public Callback callback() {
    return callback;
  }
}
