package org.lockex.gateway;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Poll;

/** A service manager hears of a lease model that stands still, by hearing nothing. */
class WatchdogIT extends WireTest {
  private static final Duration LIMIT = Duration.ofMillis(300);

  @Test
  void it_is_answered_while_steps_are_made_and_not_while_one_stands_still() throws Exception {
    AtomicInteger answers = new AtomicInteger();
    new Watchdog(gateway.leases, LIMIT, answers::incrementAndGet).start();
    Poll.until("it is answered", () -> answers.get() > 5);
    CountDownLatch hang = new CountDownLatch(1);
    CountDownLatch hangs = new CountDownLatch(1);
    gateway.leases.later(
        Duration.ZERO,
        () -> {
          hangs.countDown();
          try {
            hang.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    hangs.await();
    int before = answers.get();
    Thread.sleep(LIMIT.multipliedBy(3));
    assertTrue(answers.get() == before, (answers.get() - before) + " answers while it hung");
    hang.countDown();
    Poll.until("it is answered again", () -> answers.get() > before + 2);
  }
}
