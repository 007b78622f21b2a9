package org.lockex.gateway.lease;

/** Requests of this lockexd that are on their way to one lock, and whose replies will come. */
final class InFlight {
  private int creating;
  private int joining;
  private boolean barrier;

  /** A creation of the lock's node; the reply tells whose node it is. */
  void creationSent() {
    creating++;
  }

  void creationAnswered() {
    creating--;
  }

  boolean isCreating() {
    return creating > 0;
  }

  /** A request for a place in a queue of the lock. */
  void joinSent() {
    joining++;
  }

  void joinAnswered() {
    joining--;
  }

  boolean isJoining() {
    return joining > 0;
  }

  /** A barrier; false if there is one already. */
  boolean barrierSent() {
    boolean first = !barrier;
    barrier = true;
    return first;
  }

  void barrierAnswered() {
    barrier = false;
  }
}
