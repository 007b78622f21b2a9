package org.lockex.simulation.jvm;

import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A DelayQueue for one taker, who waits in virtual time. */
public final class VirtualDelayQueue<E extends Delayed> extends DelayQueue<E> {
  private @Nullable Thread taker;

  public VirtualDelayQueue() {}

  @Override
  public boolean offer(E element) {
    boolean added = super.offer(element);
    LockSupport.unpark(taker);
    return added;
  }

  @Override
  public E take() throws InterruptedException {
    taker = Thread.currentThread();
    while (true) {
      E due = poll();
      if (due != null) {
        return due;
      }
      E head = peek();
      if (head == null) {
        LockSupport.park();
      } else {
        VirtualTime.park(head.getDelay(TimeUnit.NANOSECONDS));
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }
}
