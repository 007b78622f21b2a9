package org.lockex.inspect;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.lockex.inspect.text.Output;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.LockFailures;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.znode.JsonWriter;
import org.lockex.znode.TokenBase;

/** {@code lockexctl tokens}: shows what is added to fencing tokens, and raises it. */
record RaiseTokens(EnsembleAccess servers, Output out, boolean json) {

  /**
   * Raises the base, if need be, and shows it.
   *
   * @param least what every token from now on is to be more than; empty: only show
   */
  int run(OptionalLong least) throws LockException, InterruptedException, IOException {
    ZooKeeperSession session = servers.open();
    LockReader tree = servers.tree(session);
    String path = tree.tokensPath();
    Stat stat = new Stat();
    TokenBase base;
    long newest;
    try {
      sync(tree.client(), path);
      base = read(tree, path, stat);
      while (least.isPresent() && base.base() < least.getAsLong()) {
        write(session, path, base.atLeast(least.getAsLong()), stat.getVersion());
        base = read(tree, path, stat);
      }
      newest = Math.max(base.since(), newest(tree));
    } catch (LockException e) {
      throw e;
    } catch (Exception e) {
      throw LockFailures.of(e, path);
    }
    long next = base.base() + newest + 1;
    out.line(
        json
            ? new JsonWriter().number("base", base.base()).number("nextAtLeast", next).toString()
            : "base " + base.base() + ", the next token is at least " + next);
    return 0;
  }

  /** What is read afterwards has in it all that was done before, through any server. */
  private static void sync(ZooKeeper client, String path) throws Exception {
    CompletableFuture<Code> synced = new CompletableFuture<>();
    client.sync(path, (rc, on, context) -> synced.complete(Code.get(rc)), null);
    Code code = synced.get();
    if (code != Code.OK) {
      throw KeeperException.create(code, path);
    }
  }

  /** A transaction that was surely made: tokens to come are made of later ones. */
  private static long newest(LockReader tree) throws Exception {
    Stat locks = tree.client().exists(tree.path(), false);
    return locks == null ? 0 : Math.max(locks.getMzxid(), locks.getPzxid());
  }

  /** An absent node has version -1 here, which no node has. */
  private static TokenBase read(LockReader tree, String path, Stat stat) throws Exception {
    try {
      byte[] data = tree.client().getData(path, false, stat);
      return TokenBase.read(data == null ? new byte[0] : data, stat.getMzxid())
          .orElseThrow(() ->
              new LockException(
                  LockException.Kind.INTERNAL,
                  "cannot use the base of the fencing tokens",
                  path,
                  "another program's data is there"));
    } catch (KeeperException.NoNodeException e) {
      stat.setVersion(-1);
      return TokenBase.NONE;
    }
  }

  /** Somebody who was faster is seen by the next read. */
  private static void write(ZooKeeperSession session, String path, TokenBase base, int version)
      throws Exception {
    try {
      if (version < 0) {
        session
            .curator()
            .create()
            .creatingParentContainersIfNeeded()
            .withMode(CreateMode.PERSISTENT)
            .forPath(path, base.bytes());
      } else {
        session.curator().setData().withVersion(version).forPath(path, base.bytes());
      }
    } catch (KeeperException.BadVersionException
        | KeeperException.NoNodeException
        | KeeperException.NodeExistsException e) {
      // As said above.
    }
  }
}
