package org.lockex.gateway.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One request and its one answer. Nothing here blocks. */
public final class HttpExchange {
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final RequestLimits limits;
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile Runnable unsent = () -> {};

  /**
   * One request of Jetty and its answer.
   *
   * @param request of Jetty
   * @param response of Jetty
   * @param callback of Jetty; completed by the answer
   * @param limits how large and slow a request may be
   */
  public HttpExchange(Request request, Response response, Callback callback, RequestLimits limits) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.limits = limits;
  }

  /** {@return the method, for example GET} */
  public String method() {
    return request.getMethod();
  }

  /** {@return the path as it was sent, still percent-encoded} */
  public String path() {
    String path = request.getHttpURI().getPath();
    return path == null ? "" : path;
  }

  /** {@return whether the client speaks HTTP/0.9: it gets the body and nothing else} */
  public boolean bare() {
    return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_0_9;
  }

  /** {@return where the client says it reached us: scheme and authority} */
  public String base() {
    return request.getHttpURI().getScheme() + "://" + authority();
  }

  /**
   * {@return the host, and where it is not the usual one the port, that the client says it reached}
   */
  public String authority() {
    String host = request.getHeaders().get(HttpHeader.HOST);
    return host == null || host.isEmpty()
        ? Request.getServerName(request) + ":" + Request.getServerPort(request)
        : host;
  }

  /** {@return the client's address} */
  public String client() {
    return Request.getRemoteAddr(request);
  }

  /**
   * A header of the request.
   *
   * @param name its name
   * @return its value, if the client sent it
   */
  public Optional<String> header(HttpHeader name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /**
   * Adds a header to the answer.
   *
   * @param name the header's name
   * @param value the header's value
   * @return this exchange
   */
  public HttpExchange with(String name, String value) {
    response.getHeaders().put(name, value);
    return this;
  }

  /**
   * Runs {@code then} with the request's body, or {@code tooLarge}. If the client goes or is too
   * slow, the connection is closed.
   *
   * @param then takes the value, and answers
   * @param tooLarge answers a body over the limit
   */
  public void body(Consumer<byte[]> then, Runnable tooLarge) {
    Continuation.of(
        RequestBody.read(request, limits),
        (bytes, failure) -> {
          if (failure instanceof RequestBody.BodyTooLarge) {
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
   *
   * @param <T> the type of its value
   * @param future what is waited for
   * @param then takes the value, and answers
   */
  public <T> void when(CompletableFuture<T> future, Consumer<? super T> then) {
    when(future, then, failure -> defect());
  }

  /**
   * As {@link #when(CompletableFuture, Consumer)}, with an answer to failures, too.
   *
   * @param <T> the type of its value
   * @param future what is waited for
   * @param then takes the value, and answers
   * @param failed takes the failure, and answers
   */
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

  /**
   * Watches the connection of a request that waits, which Jetty does not: after the request nothing
   * is read from it. What the client sends is dropped, and the connection is closed after the
   * answer (RFC 9112, section 9.3). The end of what it sends is taken for its going.
   *
   * @param gone runs once if the client goes
   */
  public void onHangUp(Runnable gone) {
    if (answered.get()) {
      return;
    }
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    endPoint.setIdleTimeout(0);
    new HangUpWatch(endPoint, () -> !answered.get(), gone).watch();
  }

  /**
   * What to do if the answer cannot be sent.
   *
   * @param then takes the value, and answers
   */
  public void ifUnsent(Runnable then) {
    unsent = then;
  }

  /**
   * Answers without a body.
   *
   * @param status the status code
   */
  public void answer(int status) {
    answer(status, "", "");
  }

  /**
   * Answers; only the first answer counts.
   *
   * @param status the status code
   * @param type the media type; empty where there is no body
   * @param body what is sent
   */
  public void answer(int status, String type, String body) {
    answer(status, type, body.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Answers; only the first answer counts.
   *
   * @param status the status code
   * @param type the media type; empty where there is no body
   * @param body what is sent
   */
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

  /** {@return the request itself, for what streams} */
  public Request request() {
    return request;
  }

  /** {@return the answer itself, for what streams} */
  public Response response() {
    return response;
  }

  /** {@return what ends the exchange, for what streams} */
  public Callback callback() {
    return callback;
  }
}
