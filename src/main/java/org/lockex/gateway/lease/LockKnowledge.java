package org.lockex.gateway.lease;

import java.util.Optional;
import org.lockex.znode.LockData;

/** What is known of a lock's own node. */
sealed interface LockKnowledge {
  /** There is none. */
  record Absent() implements LockKnowledge {}

  /** It is there; its data is being read. */
  record Unread() implements LockKnowledge {}

  /** What stands in it, and in which version. */
  record Found(LockData.Reading reading, int version) implements LockKnowledge {}

  /** Whether the node is there. */
  default boolean exists() {
    return !(this instanceof Absent);
  }

  /** What our programs have written into it; empty where nothing is known or another wrote it. */
  default Optional<LockData> data() {
    return this instanceof Found(LockData.Reading.Known(LockData data), int _)
        ? Optional.of(data)
        : Optional.empty();
  }
}
