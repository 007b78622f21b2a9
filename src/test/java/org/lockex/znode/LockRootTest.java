package org.lockex.znode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class LockRootTest {

  @Test
  void slashes_at_the_ends_do_not_matter() {
    for (String path : List.of("lockex", "/lockex", "lockex/", "/lockex/")) {
      assertEquals("/lockex", LockRoot.of(path).path());
    }
    assertEquals("/a/b/c", LockRoot.of("a/b").pathOf(LockId.of("c")));
  }

  @Test
  void the_root_itself_can_hold_locks() {
    assertEquals("/c", LockRoot.of("/").pathOf(LockId.of("c")));
    assertEquals("/c", LockRoot.of("").pathOf(LockId.of("c")));
  }

  @Test
  void refuses_what_zookeeper_refuses() {
    for (String path : List.of("///", "a//b", "a/./b", "..", "a\u0000", "a/\u0001")) {
      assertThrows(IllegalArgumentException.class, () -> LockRoot.of(path), path);
    }
  }
}
