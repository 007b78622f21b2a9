package org.lockex.gateway.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server: every dialect on every port. */
public final class GatewayServer {
  private static final int THREADS = 24;
  private static final int BACKLOG = 4096;
  private static final long IDLE_MILLIS = 30_000;

  private final Server server;
  private final Duration requestTime;

  /**
   * Builds a server; {@link #start} opens its ports.
   *
   * @param addresses where to listen, unresolved; port 0 takes any that is free
   * @param tls the certificate and key, or empty for plain HTTP
   * @param side how lockexd looks from the clients' side
   * @param limits how large requests may be
   * @param site as what browsers know us
   * @param dialects asked in turn whether a path is theirs
   * @param lines speaks to clients whose first line has no version
   * @param answered told the status of each answer over HTTP
   */
  public GatewayServer(
      List<InetSocketAddress> addresses,
      Optional<SslContextFactory.Server> tls,
      PublicSide side,
      RequestLimits limits,
      OwnSite site,
      List<Dialect> dialects,
      LineDialect lines,
      IntConsumer answered) {
    requestTime = limits.arrival();
    // Jetty itself does nothing in them: every port has its own.
    server = new Server(threads("jetty", 2));
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(limits.header());
    http.setUriCompliance(UriCompliance.UNSAFE);
    http.setHttpCompliance(
        HttpCompliance.RFC9110.with("lockexd", HttpCompliance.Violation.LF_HEADER_TERMINATION));
    if (tls.isPresent()) {
      // Without the check of the Host header against the certificate: clients come by an address,
      // too, and it is theirs to check whom they reach.
      http.addCustomizer(new SecureRequestCustomizer(false));
    }
    OpenConnections connections =
        new OpenConnections(OpenConnections.mostOfThisProcess(), limits.connections(), side);
    for (InetSocketAddress address : addresses) {
      HttpConnectionFactory factory = new HttpConnectionFactory(http);
      // What the first line's reader hands over must fit.
      factory.setInputBufferSize(FirstLineConnection.most(limits.header()));
      FirstLineFactory first = new FirstLineFactory(factory, lines);
      LimitedConnector connector =
          tls.isPresent()
              ? new LimitedConnector(
                  server,
                  threads("http", THREADS),
                  connections,
                  new SslConnectionFactory(tls.get(), FirstLineFactory.NAME),
                  first,
                  factory)
              : new LimitedConnector(server, threads("http", THREADS), connections, first, factory);
      connector.setHost(address.getHostString());
      connector.setPort(address.getPort());
      connector.setAcceptQueueSize(BACKLOG);
      connector.setIdleTimeout(IDLE_MILLIS);
      server.addConnector(connector);
    }
    server.setHandler(new Front(side, limits, site, dialects, answered));
    server.setErrorHandler(new PlainErrors());
    server.setStopTimeout(0);
  }

  /**
   * What asks for an answer on one port does not wait behind a flood on another: who has to know
   * whether lockexd lives can have a port of its own.
   */
  private static QueuedThreadPool threads(String name, int most) {
    QueuedThreadPool threads = new QueuedThreadPool(most, Math.min(4, most));
    threads.setName(name);
    return threads;
  }

  /**
   * Opens the ports.
   *
   * @throws IOException if one cannot be opened; the message says which and why
   * @throws Exception if Jetty cannot start
   */
  public void start() throws Exception {
    for (var connector : server.getConnectors()) {
      open((ServerConnector) connector);
    }
    server.start();
    for (var connector : server.getConnectors()) {
      new SlowRequests(connector, requestTime).watch();
    }
  }

  private static void open(ServerConnector connector) throws IOException {
    try {
      connector.open();
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String why =
          cause instanceof UnresolvedAddressException
              ? "the host name does not resolve"
              : String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      throw new IOException(connector.getHost() + ":" + connector.getPort() + ": " + why, e);
    }
  }

  /** {@return the ports that are open, in the order of the addresses} */
  public List<Integer> ports() {
    List<Integer> ports = new ArrayList<>();
    for (var connector : server.getConnectors()) {
      ports.add(((ServerConnector) connector).getLocalPort());
    }
    return ports;
  }

  /** {@return how many connections are open} */
  public int connections() {
    int open = 0;
    for (var connector : server.getConnectors()) {
      open += connector.getConnectedEndPoints().size();
    }
    return open;
  }

  /** Accepts no more connections. */
  public void refuse() {
    for (var connector : server.getConnectors()) {
      ((ServerConnector) connector).close();
    }
  }

  /**
   * Closes the ports and all connections.
   *
   * @throws Exception if Jetty cannot
   */
  public void stop() throws Exception {
    server.stop();
  }

  private static final class Front extends Handler.Abstract.NonBlocking {
    private final PublicSide side;
    private final RequestLimits limits;
    private final OwnSite site;
    private final List<Dialect> dialects;
    private final IntConsumer answered;

    Front(
        PublicSide side,
        RequestLimits limits,
        OwnSite site,
        List<Dialect> dialects,
        IntConsumer answered) {
      this.answered = answered;
      this.side = side;
      this.limits = limits;
      this.site = site;
      this.dialects = dialects;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      Callback counted =
          Callback.from(
              () -> {
                answered.accept(response.getStatus());
                callback.succeeded();
              },
              callback::failed);
      HttpExchange exchange = new HttpExchange(request, response, counted, limits, side, site);
      if (exchange.refusesName()) {
        return true;
      }
      // What a GET changes, its dialect guards.
      if (!HttpMethod.GET.is(exchange.method())
          && !HttpMethod.HEAD.is(exchange.method())
          && exchange.isOfAnotherSite()) {
        exchange.refuseOtherSite();
        return true;
      }
      for (Dialect dialect : dialects) {
        if (dialect.handle(exchange)) {
          return true;
        }
      }
      exchange.answer(404, "text/plain", "no such thing\n");
      return true;
    }
  }

  /** What Jetty itself refuses: one line of text, and nothing of what was sent. */
  private static final class PlainErrors implements Request.Handler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      String line = "status " + response.getStatus() + "\n";
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
      response.write(
          true,
          java.nio.ByteBuffer.wrap(line.getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
          callback);
      return true;
    }
  }
}
