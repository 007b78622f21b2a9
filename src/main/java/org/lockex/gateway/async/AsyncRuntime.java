package org.lockex.gateway.async;

import java.time.InstantSource;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The world outside as the lease model sees it. All of it comes from here, so that a simulation can
 * give it another one; the model itself starts no thread and looks at no clock.
 *
 * @param zooKeeper where the locks are
 * @param executor in which all steps of the model are made
 * @param scheduler makes steps later
 * @param nanoTime a monotonic clock: nanoseconds from an arbitrary point
 * @param wallClock tells people what time it is; nothing is decided by it
 * @param uuids names for requests, never one twice
 */
public record AsyncRuntime(
    AsyncZooKeeper zooKeeper,
    SerialExecutor executor,
    TaskScheduler scheduler,
    LongSupplier nanoTime,
    InstantSource wallClock,
    Supplier<UUID> uuids) {

  /**
   * {@return that of a process that serves: its clocks, and random names}
   *
   * @param zooKeeper where the locks are
   * @param scheduler makes steps later
   */
  public static AsyncRuntime ofThisProcess(AsyncZooKeeper zooKeeper, TaskScheduler scheduler) {
    return new AsyncRuntime(
        zooKeeper,
        new SerialExecutor(),
        scheduler,
        System::nanoTime,
        InstantSource.system(),
        UUID::randomUUID);
  }
}
