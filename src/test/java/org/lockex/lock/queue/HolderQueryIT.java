package org.lockex.lock.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.lockex.lock.session.ZooKeeperSession;

/** Who holds a lock, asked while others come and go. */
class HolderQueryIT {
  private static final int TIMES = 100;

  @AutoClose private final Contest contest = new Contest();

  /** How many of the questions were answered while the queue changes all the time. */
  private int answered(String id, boolean handOver) throws Exception {
    CuratorFramework others = contest.observer();
    String path = "/lockex/" + id + "/0-lock-";
    String first =
        others
            .create()
            .creatingParentsIfNeeded()
            .withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
            .forPath(path);
    AtomicBoolean over = new AtomicBoolean();
    Thread crowd =
        Thread.ofVirtual()
            .start(() -> {
              String last = first;
              try {
                while (!over.get()) {
                  String next =
                      others.create().withMode(CreateMode.EPHEMERAL_SEQUENTIAL).forPath(path);
                  others.delete().forPath(handOver ? last : next);
                  last = next;
                }
              } catch (Exception e) {
                over.set(true);
              }
            });
    ZooKeeperSession session = contest.session();
    session.awaitConnected();
    int answers = 0;
    for (int i = 0; i < TIMES; i++) {
      Optional<QueuePosition> told =
          HolderQuery.ask(session, Contest.request(id, 1, true), Duration.ofSeconds(10));
      answers += told.flatMap(QueuePosition::since).isPresent() ? 1 : 0;
    }
    assertEquals(false, over.getAndSet(true), "the crowd is gone");
    crowd.join();
    return answers;
  }

  @Test
  void it_is_told_while_others_try_and_leave() throws Exception {
    assertEquals(TIMES, answered("tried", false));
  }

  @Test
  void it_is_told_while_the_lock_goes_from_hand_to_hand() throws Exception {
    assertEquals(TIMES, answered("passed", true));
  }
}
