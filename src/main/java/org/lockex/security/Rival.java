package org.lockex.security;

import java.net.InetSocketAddress;

/** A connection that is made beside another one, which keeps one waiting. */
public interface Rival {
  /** {@return to which server} */
  InetSocketAddress server();

  /** {@return whether it stands: the server accepted it, and with TLS made the handshake} */
  boolean isReady();

  /** {@return whether it has failed} */
  boolean hasFailed();

  /** Ends it, from any thread and in every state; returns at once. */
  void close();
}
