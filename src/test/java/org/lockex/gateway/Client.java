package org.lockex.gateway;

import java.util.Optional;

/** A client of the lease model, whatever it speaks; waits and lifetimes are the gateway's. */
interface Client {
  /** A lease as this client knows it. */
  record Held(String lock, String handle) {}

  /** Blocks; empty if not granted in time. */
  Optional<Held> acquire(String lock) throws Exception;

  boolean release(Held held) throws Exception;

  /** Whether that lease is still ours. */
  boolean holds(Held held) throws Exception;

  /** The fencing token, if the protocol tells it. */
  Optional<Long> token(Held held) throws Exception;
}
