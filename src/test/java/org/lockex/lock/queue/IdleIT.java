package org.lockex.lock.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Poll;
import org.lockex.lock.session.ZooKeeperSession;

class IdleIT {

  @Test
  void nothing_of_a_holder_or_a_waiter_wakes_but_its_one_timer() throws Exception {
    ThreadGroup group = new ThreadGroup("idle");
    try (Contest contest = new Contest()) {
      // Threads belong to the group of the thread that makes them.
      Thread contender =
          new Thread(
              group,
              () -> {
                try {
                  ZooKeeperSession holder = contest.session();
                  holder.awaitConnected();
                  Contest.acquire(holder, "i", 1);
                  ZooKeeperSession waiter = contest.session();
                  Contest.acquire(waiter, "i", 1);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      contender.start();
      var observer = contest.session().curator();
      Poll.until("queued", () -> observer.getChildren().forPath("/lockex/i").size() == 2);
      // The waiter has looked once for grants to remove, and sleeps until something changes.
      Poll.until(
          "waiting",
          () ->
              in(Thread.State.WAITING, group).contains("lockex-grants")
                  && timed(group).equals(Set.of("lockex-lease")));
      for (int i = 0; i < 50; i++) {
        Thread.sleep(20);
        assertEquals(Set.of("lockex-lease"), timed(group));
      }
    }
  }

  private static Set<String> timed(ThreadGroup group) {
    // A thread in select(2) counts as runnable: the client's send thread, which is ZooKeeper's.
    return in(Thread.State.TIMED_WAITING, group);
  }

  private static Set<String> in(Thread.State state, ThreadGroup group) {
    Thread[] threads = new Thread[200];
    Set<String> names = new TreeSet<>();
    for (int i = group.enumerate(threads) - 1; i >= 0; i--) {
      if (threads[i].getState() == state) {
        names.add(threads[i].getName());
      }
    }
    return names;
  }
}
