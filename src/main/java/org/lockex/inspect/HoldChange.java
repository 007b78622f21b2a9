package org.lockex.inspect;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.lockex.cli.Stderr;
import org.lockex.inspect.text.Output;
import org.lockex.lock.grant.HoldExtension;
import org.lockex.lock.grant.HoldRelease;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.HoldHandle;
import org.lockex.znode.JsonWriter;

/** {@code lockexctl release} and {@code lockexctl extend}. */
record HoldChange(
    EnsembleAccess servers, HoldHandle handle, Output out, Stderr stderr, boolean json) {

  /** Returns 1 if it was over already. */
  int release() throws LockException, InterruptedException {
    return new HoldRelease(connect(), servers.connection().root(), handle).run()
        ? 0
        : over("release");
  }

  /** The same; otherwise it lasts so long from now, or longer where it did anyway. */
  int extend(Duration lasts) throws LockException, InterruptedException, IOException {
    Optional<Instant> end =
        new HoldExtension(connect(), servers.connection().root(), handle).run(lasts);
    if (end.isEmpty()) {
      return over("extend");
    }
    if (json) {
      out.line(
          new JsonWriter()
              .text("handle", handle.toString())
              .text("expires", end.get().toString())
              .toString());
    }
    return 0;
  }

  private ZooKeeperSession connect() throws LockException, InterruptedException {
    ZooKeeperSession session =
        servers.open(
            "lockexctl", Optional.empty(), defect -> stderr.fault("read on ZooKeeper: " + defect));
    LockReader _ = servers.tree(session); // waits for the connection
    return session;
  }

  private int over(String what) {
    return stderr.fail(Task.NOT_THERE, what + " on hold " + handle + ": it is over");
  }
}
