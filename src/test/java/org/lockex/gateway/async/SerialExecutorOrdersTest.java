package org.lockex.gateway.async;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Orders;

/** Steps of several threads, in many orders of what these do. */
@Tag("orders")
class SerialExecutorOrdersTest {

  /** What a step and its answer see; its parts are added to without a lock, as the model's are. */
  private static final class World {
    final SerialExecutor executor = new SerialExecutor();
    int begun;
    int ended;
    final List<String> wrong = new ArrayList<>();

    /** Counted by answers, which run side by side. */
    int answered;

    void step() {
      executor.run(StepSubject.of("job"), this::twoParts);
    }

    private void twoParts() {
      begun++;
      executor.afterwards(this::answer);
      executor.run(StepSubject.of("job"), () -> executor.afterwards(this::answer));
      ended++;
      if (begun != ended) {
        wrong.add("a step within another's");
      }
    }

    private synchronized void answer() {
      answered++;
    }
  }

  @Test
  void steps_run_alone_and_each_answer_is_given_once() {
    Orders.tryMany(
        20,
        () -> {
          World world = new World();
          Orders.sideBySide(world::step, world::step);
          assertEquals(List.of(), world.wrong);
          assertEquals(2, world.ended);
          assertEquals(4, world.answered);
        });
  }

  @Test
  void an_answer_may_take_a_lock_whose_holder_makes_a_step() {
    Orders.tryMany(
        20,
        () -> {
          World world = new World();
          Orders.sideBySide(
              world::step,
              () -> {
                synchronized (world) {
                  world.step();
                }
              });
          assertEquals(4, world.answered);
        });
  }
}
