package org.lockex.cli.lockexd;

/**
 * Where lockexd listens.
 *
 * @param host a name or an address, IPv6 without brackets
 * @param port 0 to 65535; 0 takes any that is free
 */
public record Listen(String host, int port) {
  private static final int MOST = 65535;

  /**
   * Reads {@code HOST:PORT} or {@code [IPv6]:PORT}.
   *
   * @param text an option's value
   * @return host and port, neither looked up nor tried
   * @throws IllegalArgumentException if it is neither
   */
  public static Listen parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("not HOST:PORT: " + text);
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port >= 0 && port <= MOST) {
        return new Listen(host, port);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException("no port from 0 to 65535: " + text);
  }
}
