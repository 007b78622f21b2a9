package org.lockex.gateway.http;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;

/** Makes what looks at the first line of a connection, before HTTP. */
final class FirstLineFactory extends AbstractConnectionFactory {
  /** The name by which TLS finds it. */
  static final String NAME = "first-line";

  private final HttpConnectionFactory http;
  private final LineDialect lines;

  /** Lines without a version go to {@code lines}, all others to {@code http}. */
  FirstLineFactory(HttpConnectionFactory http, LineDialect lines) {
    super(NAME);
    this.http = http;
    this.lines = lines;
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    int limit = http.getHttpConfiguration().getRequestHeaderSize();
    return configure(
        new FirstLineConnection(endPoint, connector, http, lines, limit), connector, endPoint);
  }
}
