package org.lockex.run;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Events of other threads. */
record EventQueue(BlockingQueue<RunEvent> events, LongSupplier clock) implements EventSource {
  @Override
  public long now() {
    return clock.getAsLong();
  }

  @Override
  public Optional<RunEvent> poll() {
    return Optional.ofNullable(events.poll());
  }

  @Override
  public @Nullable RunEvent await(long due) throws InterruptedException {
    return due == NEVER ? events.take() : events.poll(due - now(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void add(RunEvent event) {
    events.add(event);
  }
}
