package org.lockex.znode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is in a lock's folder. */
class LockFolderTest {
  @Test
  void tells_the_queue_in_its_order_from_strangers_in_theirs() {
    LockFolder folder =
        LockFolder.of(
            List.of("z", "_c_1-lock-0000000002", "locks", "a", "_c_2-lock-0000000001", "leases"));
    assertEquals(List.of("_c_2-lock-0000000001", "_c_1-lock-0000000002"), folder.queue());
    assertEquals(List.of("a", "z"), folder.strangers());
    assertTrue(folder.hasLocks() && folder.hasLeases() && folder.hasSemaphore());
    assertFalse(LockFolder.of(List.of("a")).hasSemaphore());
    assertTrue(LockFolder.of(List.of("locks")).hasSemaphore());
    assertTrue(LockFolder.of(List.of("leases")).hasSemaphore());
  }

  @Test
  void strangers_count_in_the_order_of_the_queue() {
    assertEquals(
        List.of("_c_1-lock-0000000001", "lock-0000000002", "stranger"),
        QueueNames.ordered(
            List.of("stranger", "lock-0000000002", "_c_1-lock-0000000001"), QueueNames.LOCK));
  }
}
