package org.lockex.lock;

import java.util.List;

/**
 * A ZooKeeper connect string: {@code host:port,host:port[/chroot]}.
 *
 * @param servers the ensemble, in the order given
 * @param chroot the node below which everything happens, without a slash at its end; empty for none
 */
public record Hosts(List<Server> servers, String chroot) {

  /**
   * One server.
   *
   * @param host a name, an IPv4 address, or an IPv6 address without brackets
   * @param port 1 to 65535
   */
  public record Server(String host, int port) {
    @Override
    public String toString() {
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
  }

  /**
   * Reads a connect string. Every server needs its port; an IPv6 address stands in brackets.
   *
   * @throws IllegalArgumentException if it is malformed; the message names the part
   */
  public static Hosts parse(String connectString) {
    throw new UnsupportedOperationException();
  }

  /** The servers as given, without the chroot. */
  public String names() {
    throw new UnsupportedOperationException();
  }
}
