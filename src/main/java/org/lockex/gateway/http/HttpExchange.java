package org.lockex.gateway.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One request of HTTP and its one answer. Nothing here blocks. */
public final class HttpExchange extends ClientExchange {
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final RequestLimits limits;
  private final PublicSide side;
  private final OwnSite site;

  /**
   * One request of Jetty and its answer.
   *
   * @param request of Jetty
   * @param response of Jetty
   * @param callback of Jetty; completed by the answer
   * @param limits how large and slow a request may be
   * @param side how lockexd looks from the clients' side
   * @param site as what browsers know us
   */
  public HttpExchange(
      Request request,
      Response response,
      Callback callback,
      RequestLimits limits,
      PublicSide side,
      OwnSite site) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.limits = limits;
    this.side = side;
    this.site = site;
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

  /** {@return what stands behind the question mark, still encoded; empty if nothing does} */
  public String query() {
    String query = request.getHttpURI().getQuery();
    return query == null ? "" : query;
  }

  /** {@return where clients reach us: what stands before a path} */
  public String base() {
    return side.base(request);
  }

  /**
   * {@return the host, and where it is not the usual one the port, that the client says it reached}
   */
  public String authority() {
    return side.authority(request);
  }

  /** Whether it came over TLS. */
  boolean isSecure() {
    return request.isSecure();
  }

  /** Whether a browser says that a page of another site makes this request. */
  boolean isOfAnotherSite() {
    return site.isForeign(this);
  }

  /** Answers a request that changes something and comes from a page of another site. */
  void refuseOtherSite() {
    answer(
        403,
        "text/plain",
        "a page of another site may not do this; a proxy in front must keep Host, or --public-url"
            + " must tell lockexd its address\n");
  }

  /** Answers a request by a name that is not ours, if it is one; whether it was. */
  boolean refusesName() {
    boolean ours = site.mayBeCalled(this);
    if (!ours) {
      answer(421, "text/plain", "lockexd is not known by this name: see --public-url\n");
    }
    return !ours;
  }

  @Override
  public String client() {
    return side.client(request);
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

  /** The same of a header by any name. */
  Optional<String> header(String name) {
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
          if (failure instanceof RequestBody.BodyRefused refused) {
            with("Connection", "close");
            if (refused.isForNow()) {
              unavailable();
            } else {
              tooLarge.run();
            }
          } else if (failure != null) {
            close();
          } else {
            then.accept(bytes);
          }
        },
        this::defect);
  }

  @Override
  void unavailable() {
    with("Retry-After", "1").answer(503);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Jetty does not watch it: after the request nothing is read from it (RFC 9112, section 9.3).
   */
  @Override
  public void onHangUp(Runnable gone) {
    if (isAnswered()) {
      return;
    }
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    endPoint.setIdleTimeout(0);
    new HangUpWatch(endPoint, () -> !isAnswered(), gone).watch();
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
    if (!isFirstAnswer()) {
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
              notSent();
              callback.failed(why);
            }));
  }

  @Override
  public void close() {
    if (isFirstAnswer()) {
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
