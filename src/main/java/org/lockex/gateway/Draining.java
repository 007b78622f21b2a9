package org.lockex.gateway;

import java.time.Duration;
import org.lockex.cli.DurationText;
import org.lockex.cli.LogEvent;
import org.lockex.cli.Stderr;
import org.lockex.gateway.async.TaskScheduler;
import org.lockex.gateway.status.StatusPages;

/**
 * The end of a lockexd behind a load balancer: it calls itself not ready, so that no new clients
 * are sent to it, serves those that it has for a while, and stops. Grants are not touched: any
 * other lockexd answers for them.
 */
final class Draining implements StatusPages.Drain {
  private final Duration time;
  private final TaskScheduler timer;
  private final Stderr stderr;
  private final Runnable stop;
  private boolean begun;

  /**
   * Not begun.
   *
   * @param time from the beginning until it stops
   * @param stop stops lockexd
   */
  Draining(Duration time, TaskScheduler timer, Stderr stderr, Runnable stop) {
    this.time = time;
    this.timer = timer;
    this.stderr = stderr;
    this.stop = stop;
  }

  @Override
  public synchronized void begin(String who) {
    if (!begun) {
      begun = true;
      stderr.warning(LogEvent.DRAINED, "drained by " + who + ", stops in " + DurationText.of(time));
      var _ = timer.after(time, stop);
    }
  }

  @Override
  public synchronized boolean isUnderWay() {
    return begun;
  }
}
