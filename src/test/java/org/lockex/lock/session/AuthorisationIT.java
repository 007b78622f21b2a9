package org.lockex.lock.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.lockex.lock.queue.Contest;
import org.lockex.lock.queue.Locks;

class AuthorisationIT {
  @AutoClose private final Contest strangers = new Contest();

  @AutoClose private final Contest owners = new Contest(strangers.server().hosts(), "me:secret");

  private LockException refused(String id, int concurrency) {
    LockException e =
        assertThrows(
            LockException.class, () -> Contest.acquire(strangers.session(), id, concurrency));
    assertEquals(LockException.Kind.NOT_AUTHORISED, e.kind(), e.getMessage());
    return e;
  }

  @Test
  void those_who_know_the_secret_share_locks_and_others_are_refused() throws Exception {
    for (int n = 1; n <= 2; n++) {
      String id = "a" + n;
      Contest.acquire(owners.session(), id, n);
      assertEquals(n == 1, Locks.acquire(owners.session(), Contest.request(id, n, true)).isEmpty());
      LockException e = refused(id, n);
      assertTrue(
          e.getMessage().startsWith("cannot use the lock on /lockex/" + id + ": "), e.getMessage());
    }
  }

  @Test
  void a_lock_path_without_permission_is_refused() throws Exception {
    ZooKeeperSession admin = owners.session();
    admin.awaitConnected();
    for (List<org.apache.zookeeper.data.ACL> acl :
        List.of(ZooDefs.Ids.READ_ACL_UNSAFE, ZooDefs.Ids.CREATOR_ALL_ACL)) {
      admin.link().create("/lockex", "".getBytes(UTF_8), acl, CreateMode.PERSISTENT);
      refused("b", 1);
      refused("b", 2);
      admin.link().delete("/lockex", -1);
    }
  }
}
