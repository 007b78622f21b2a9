package org.lockex.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EssentialThreadTest {
  private final List<Throwable> deaths = new ArrayList<>();

  private void run(Runnable body) throws InterruptedException {
    Thread thread = EssentialThread.start("body", body, deaths::add);
    assertEquals("body", thread.getName());
    assertTrue(thread.isDaemon());
    thread.join();
  }

  @Test
  void an_exception_is_told() throws InterruptedException {
    RuntimeException torn = new IllegalStateException("torn");
    run(() -> {
      throw torn;
    });
    assertEquals(List.of(torn), deaths);
  }

  @Test
  void an_error_is_told() throws InterruptedException {
    Error torn = new StackOverflowError();
    run(() -> {
      throw torn;
    });
    assertEquals(List.of(torn), deaths);
  }

  @Test
  void an_end_is_no_death() throws InterruptedException {
    run(() -> {});
    assertEquals(List.of(), deaths);
  }
}
