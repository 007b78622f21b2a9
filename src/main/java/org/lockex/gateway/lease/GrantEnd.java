package org.lockex.gateway.lease;

/** When a grant's lifetime ends. Not known is a state of its own: it is never over. */
sealed interface GrantEnd {
  /** It has not been found out yet how old the grant is. */
  record Unknown() implements GrantEnd {}

  /** It ends at that time of the monotonic clock. */
  record At(long nanos) implements GrantEnd {}

  /** Whether the lifetime is surely over at {@code now}. */
  default boolean isOver(long now) {
    return this instanceof At(long nanos) && nanos - now <= 0;
  }
}
