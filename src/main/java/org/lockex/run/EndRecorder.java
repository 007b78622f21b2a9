package org.lockex.run;

import java.time.Duration;

/** Records how a run ended, for {@code --once-per}. */
@FunctionalInterface
interface EndRecorder {
  /**
   * Returns at once; {@link RunEvent.Recorded} follows when it is done, however long ZooKeeper is
   * away.
   *
   * @param exit 0 makes the run count
   */
  void ended(int exit, Duration took);
}
