package org.lockex.gateway;

import java.util.Optional;
import java.util.OptionalLong;

/** A client of the lease model, whatever it speaks; waits and lifetimes are the gateway's. */
interface Client {
  /** A lease as this client knows it; without a token where the protocol tells none. */
  record Held(String lock, String handle, OptionalLong token) {}

  /** Blocks; empty if not granted in time. */
  Optional<Held> acquire(String lock) throws Exception;

  boolean release(Held held) throws Exception;

  /** Whether that lease is still ours. */
  boolean holds(Held held) throws Exception;
}
