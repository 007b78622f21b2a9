package org.lockex.lock.queue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.SessionClient;
import org.lockex.znode.LockData;
import org.lockex.znode.LockFolder;
import org.lockex.znode.LockPaths;

/**
 * Asks what an {@link OwnershipJudge} wants to know. The requests go out together, so that all of
 * it takes one answer's time; only the leases, which a mutex seldom has beside it, are asked for
 * when their folder was seen.
 */
final class OwnershipInquiry {
  private final SessionClient client;
  private final LockPaths paths;
  private final LockData wanted;
  private final String own;
  private final @Nullable Watcher changes;
  private final Runnable whenAnswered;
  private final CountDownLatch answered = new CountDownLatch(1);

  // Written on the client's event thread, before the latch opens:
  private Code failure = Code.OK;
  private Optional<OwnershipAnswers.OwnNode> ownNode = Optional.empty();
  private byte @Nullable [] lockData;
  private int lockVersion;
  private List<String> children = List.of();
  private int leases;
  private boolean complete;

  /**
   * Prepares to ask.
   *
   * @param own the own node, with the chroot
   * @param changes told when the children of the lock's node, or of its leases, are others than
   *     those that were answered; null: nobody wants to know
   * @param whenAnswered called on the client's event thread after the last answer; must not block
   */
  OwnershipInquiry(
      SessionClient client,
      LockPaths paths,
      LockData wanted,
      String own,
      @Nullable Watcher changes,
      Runnable whenAnswered) {
    this.client = client;
    this.paths = paths;
    this.wanted = wanted;
    this.own = own;
    this.changes = changes;
    this.whenAnswered = whenAnswered;
  }

  /**
   * Sends the requests. ZooKeeper answers them in their order.
   *
   * @param ownWatcher told when the own node changes
   */
  OwnershipInquiry send(Watcher ownWatcher) {
    client.exists(own, ownWatcher, (rc, path, context, stat) -> own(rc, stat), null);
    client.getData(
        paths.lock(), false, (rc, path, context, data, stat) -> lock(rc, data, stat), null);
    client.getChildren(
        paths.lock(), changes, (rc, path, context, names) -> children(rc, names), null);
    return this;
  }

  private void own(int rc, @Nullable Stat stat) {
    if (exists(rc) && stat != null) {
      ownNode =
          Optional.of(new OwnershipAnswers.OwnNode(stat.getEphemeralOwner(), stat.getCzxid()));
    }
  }

  private void lock(int rc, byte @Nullable [] data, @Nullable Stat stat) {
    if (exists(rc) && stat != null) {
      lockData = data == null ? new byte[0] : data;
      lockVersion = stat.getVersion();
    }
  }

  private void children(int rc, @Nullable List<String> names) {
    if (exists(rc) && names != null) {
      children = names;
    }
    if (wanted.isMutex() && children.contains(LockPaths.LEASES)) {
      client.getChildren(
          paths.leases(), changes, (code, path, context, leases) -> leases(code, leases), null);
    } else {
      done(0);
    }
  }

  private void leases(int rc, @Nullable List<String> names) {
    done(exists(rc) && names != null ? names.size() : 0);
  }

  private boolean exists(int rc) {
    Code code = Code.get(rc);
    if (code != Code.OK && code != Code.NONODE && failure == Code.OK) {
      failure = code;
    }
    return code == Code.OK;
  }

  private void done(int existing) {
    leases = existing;
    complete = true;
    answered.countDown();
    whenAnswered.run();
  }

  /** The answers, on the event thread once they are there; empty if ZooKeeper refused one. */
  Optional<OwnershipAnswers> answers() {
    return complete && failure == Code.OK ? Optional.of(read()) : Optional.empty();
  }

  /** Not done in the callbacks: the client swallows what they throw, and the wait would not end. */
  private OwnershipAnswers read() {
    Optional<LockNodeRead> lock =
        lockData == null
            ? Optional.empty()
            : Optional.of(LockNodeRead.of(wanted, lockData, lockVersion));
    return new OwnershipAnswers(ownNode, lock, LockFolder.of(children), leases);
  }

  /**
   * Waits for the answers, on any thread but the client's event thread, which brings them.
   *
   * @throws KeeperException what ZooKeeper answered to one of the requests, other than that there
   *     is no such node
   */
  OwnershipAnswers await() throws KeeperException, InterruptedException {
    answered.await();
    if (failure != Code.OK) {
      throw KeeperException.create(failure);
    }
    return read();
  }
}
