package org.lockex.lock.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.lockex.lock.session.LockException;
import org.lockex.znode.LockData;
import org.lockex.znode.LockPaths;

class RecipeTest {
  @AutoClose
  private final CuratorFramework nobody =
      CuratorFrameworkFactory.newClient("127.0.0.1:1", new RetryOneTime(1));

  /** At the end of the numbers two have the same, and each would be first in a queue of its own. */
  @Test
  void a_number_that_others_may_have_is_no_place_in_the_queue() throws Exception {
    Recipe.Line line =
        new Recipe.Line(
            new LockParent(nobody, new LockPaths("/lockex/x"), "/lockex/x", new LockData(1)),
            new NextInLine(),
            (own, before) -> {},
            () -> {});
    String last = "_c_6f2c3e0a-0000-4000-8000-000000000004-lock-2147483646";
    assertTrue(line.getsTheLock(nobody, List.of(last), last, 1).getsTheLock());
    for (String number : List.of("2147483647", "-2147483648")) {
      String own = "_c_6f2c3e0a-0000-4000-8000-000000000004-lock-" + number;
      LockException refused =
          assertThrows(LockException.class, () -> line.getsTheLock(nobody, List.of(own), own, 1));
      assertEquals(LockException.Kind.OTHER_CONCURRENCY, refused.kind());
    }
  }
}
