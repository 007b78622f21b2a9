package org.lockex.gateway.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of steps, those that throw too. */
class SerialExecutorTest {
  private final SerialExecutor executor = new SerialExecutor();
  private final List<String> done = new ArrayList<>();

  private StepSubject subject() {
    return new StepSubject("job", () -> done.add("failed"));
  }

  private static void defect() {
    throw new IllegalStateException("a defect, as the test wants it");
  }

  @Test
  void answers_are_given_after_the_step() {
    executor.run(
        subject(),
        () -> {
          executor.afterwards(() -> done.add("answer"));
          executor.run(subject(), () -> done.add("inner step"));
          done.add("step");
        });
    assertEquals(List.of("inner step", "step", "answer"), done);
  }

  @Test
  void a_step_that_throws_gives_the_answers_ends_its_request_and_lets_the_next_run() {
    executor.run(
        subject(),
        () -> {
          executor.afterwards(() -> done.add("answer of another"));
          defect();
        });
    executor.run(subject(), () -> done.add("next"));
    assertEquals(List.of("failed", "answer of another", "next"), done);
  }

  @Test
  void an_answer_that_throws_keeps_nobody_from_the_others() {
    executor.run(
        subject(),
        () -> {
          executor.afterwards(SerialExecutorTest::defect);
          executor.afterwards(() -> done.add("second answer"));
        });
    assertEquals(List.of("second answer"), done);
  }

  @Test
  void a_part_that_throws_keeps_no_other_part_from_running() {
    executor.run(
        subject(),
        () -> {
          executor.guard(subject(), SerialExecutorTest::defect);
          done.add("rest");
        });
    assertEquals(List.of("failed", "rest"), done);
  }

  @Test
  void even_the_ending_of_a_request_may_throw() {
    StepSubject worse = new StepSubject("job", SerialExecutorTest::defect);
    executor.run(worse, SerialExecutorTest::defect);
    executor.run(subject(), () -> done.add("next"));
    assertEquals(List.of("next"), done);
  }

  @Test
  void an_error_is_a_defect_too() {
    executor.run(
        subject(),
        () -> {
          throw new AssertionError("as the test wants it");
        });
    assertEquals(List.of("failed"), done);
  }

  @Test
  void a_step_of_the_timer_that_throws_ends_its_request_and_the_timer_goes_on() throws Exception {
    CountDownLatch later = new CountDownLatch(1);
    try (TimerThread thread = new TimerThread()) {
      StepTimer timer =
          new StepTimer(
              new AsyncRuntime(
                  new NoZooKeeper(),
                  executor,
                  thread,
                  System::nanoTime,
                  InstantSource.system(),
                  UUID::randomUUID));
      var _ = timer.after(Duration.ZERO, subject(), SerialExecutorTest::defect);
      var _ = timer.after(Duration.ofMillis(1), subject(), later::countDown);
      assertTrue(later.await(20, TimeUnit.SECONDS));
    }
    assertEquals(List.of("failed"), done);
  }
}
