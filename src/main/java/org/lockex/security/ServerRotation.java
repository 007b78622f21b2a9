package org.lockex.security;

import java.util.function.BooleanSupplier;
import org.apache.zookeeper.client.HostProvider;

/** Tells one client of ZooKeeper, through all its reconnects, which server to try next. */
public interface ServerRotation extends HostProvider, Route {
  /**
   * Sets what tells whether the client would sleep before its next attempt; it is woken then.
   *
   * @param whether asked on the client's sending thread, just before the attempt
   */
  void clientSleeps(BooleanSupplier whether);
}
