package org.lockex.lock.queue;

/**
 * How long somebody wants to wait for others. Its end turns an acquisition into a try: where the
 * lock is free, taking it may last as long as ZooKeeper needs; where somebody else has it or is
 * before us, it is given up at once.
 */
public final class Patience {
  private boolean ended;
  private Runnable whenEnded = () -> {};

  /** Patience without an end, so far. */
  public Patience() {}

  /** No more waiting for others; from any thread, and at once. */
  public void end() {
    Runnable told;
    synchronized (this) {
      ended = true;
      told = whenEnded;
    }
    told.run();
  }

  /** Tells of the end, also if it has been. */
  void whenEnded(Runnable listener) {
    boolean late;
    synchronized (this) {
      whenEnded = listener;
      late = ended;
    }
    if (late) {
      listener.run();
    }
  }
}
