package org.lockex.child;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A kernel timer that ends this very process with SIGKILL at its deadline, however stopped, stalled
 * or swapped out it is then; the guard, which sees the pipe close, ends the command.
 *
 * <p>It does nothing to PID 1 of a PID namespace: there the launcher is PID 1, never this process.
 */
public final class DeadMansTimer implements DeadlineTimer {
  private final long timer;
  private boolean closed; // guarded by this

  private DeadMansTimer(long timer) {
    this.timer = timer;
  }

  /**
   * Makes a timer, not armed.
   *
   * @param clock the one its deadlines are told on
   * @return the timer
   * @throws ChildException if timer_create(2) is refused, or this process is PID 1: run nothing
   *     then
   */
  public static DeadMansTimer create(SystemClock clock) throws ChildException {
    if (Libc.getpid() == 1) {
      throw new ChildException("cannot arm a timer on PID 1: the kernel spares it");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment timer = arena.allocate(8, 8);
      long result = Libc.timerCreate(clock.id, Signals.KILL, timer);
      if (result < 0) {
        throw ChildException.of("cannot create a timer on " + clock, result);
      }
      // timer_t is a pointer-sized value; for SIGEV_SIGNAL glibc keeps the kernel's number in it.
      return new DeadMansTimer(timer.get(JAVA_LONG, 0));
    }
  }

  @Override
  public synchronized void arm(long nanos) throws ChildException {
    if (closed) {
      return; // a late heartbeat
    }
    long result = Libc.timerSettime(timer, Math.max(1, nanos)); // zero would disarm
    if (result < 0) {
      throw ChildException.of("cannot arm the timer", result);
    }
  }

  /** {@link #arm} has no effect from now on. The kernel deletes the timer with the process. */
  @Override
  public synchronized void close() {
    closed = true;
    Libc.timerSettime(timer, 0);
  }
}
