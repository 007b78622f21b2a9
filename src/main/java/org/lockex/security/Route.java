package org.lockex.security;

import java.net.InetSocketAddress;
import java.util.List;

/** The servers that one connects to, as whoever chooses among them sees it. */
public interface Route {
  /** {@return the servers beside the one that is tried now, the next one first} */
  List<InetSocketAddress> others();

  /**
   * Lets the next attempt be at this server.
   *
   * @param server one of the others
   */
  void prefer(InetSocketAddress server);
}
