package org.lockex.lock.queue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.SessionClient;
import org.lockex.znode.LockData;
import org.lockex.znode.LockFolder;
import org.lockex.znode.LockPaths;
import org.lockex.znode.TokenBase;

/**
 * Asks what an {@link OwnershipJudge} wants to know. The requests go out together, so that all of
 * it takes one answer's time; only the leases, which a mutex seldom has beside it, are asked for
 * when their folder was seen.
 */
final class OwnershipInquiry {
  private final SessionClient client;
  private final LockPaths paths;
  private final String tokens;
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
  private byte @Nullable [] tokenData;
  private boolean complete;

  /**
   * Prepares to ask.
   *
   * @param tokens the node of the token base, with the chroot
   * @param own the own node, likewise
   * @param changes told when the children of the lock's node, or of its leases, or the token base,
   *     are others than those that were answered; null: nobody wants to know
   * @param whenAnswered called on the client's event thread after the last answer; must not block
   */
  OwnershipInquiry(
      SessionClient client,
      LockPaths paths,
      String tokens,
      LockData wanted,
      String own,
      @Nullable Watcher changes,
      Runnable whenAnswered) {
    this.client = client;
    this.paths = paths;
    this.tokens = tokens;
    this.wanted = wanted;
    this.own = own;
    this.changes = changes;
    this.whenAnswered = whenAnswered;
  }

  /**
   * Sends the requests. ZooKeeper answers them in their order, and behind writes of this session
   * that were sent before: what the token base was when such a write was made, or later.
   *
   * @param ownWatcher told when the own node changes
   */
  OwnershipInquiry send(Watcher ownWatcher) {
    client.exists(own, ownWatcher, (rc, path, context, stat) -> own(rc, stat), null);
    client.getData(
        paths.lock(), false, (rc, path, context, data, stat) -> lock(rc, data, stat), null);
    if (changes != null) {
      // Before the data is read, and also where there is no node: its creation is told, too.
      client.exists(tokens, changes, (rc, path, context, stat) -> exists(rc), null);
    }
    client.getData(tokens, false, (rc, path, context, data, stat) -> tokens(rc, data), null);
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

  private void tokens(int rc, byte @Nullable [] data) {
    if (exists(rc)) {
      tokenData = data;
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

  /**
   * The answers, on the event thread once they are there; empty if ZooKeeper refused one, or the
   * token base is another program's.
   */
  Optional<OwnershipAnswers> answers() {
    OptionalLong base = complete && failure == Code.OK ? tokenBase() : OptionalLong.empty();
    return base.isPresent() ? Optional.of(read(base.getAsLong())) : Optional.empty();
  }

  /** Most often there is no node, and then nothing is read. */
  private OptionalLong tokenBase() {
    if (tokenData == null) {
      return OptionalLong.of(0);
    }
    Optional<TokenBase> told = TokenBase.read(tokenData, 0);
    return told.isPresent() ? OptionalLong.of(told.get().base()) : OptionalLong.empty();
  }

  /** Not done in the callbacks: the client swallows what they throw, and the wait would not end. */
  private OwnershipAnswers read(long tokenBase) {
    Optional<LockNodeRead> lock =
        lockData == null
            ? Optional.empty()
            : Optional.of(LockNodeRead.of(wanted, lockData, lockVersion));
    return new OwnershipAnswers(ownNode, lock, LockFolder.of(children), leases, tokenBase);
  }

  /**
   * Waits for the answers, on any thread but the client's event thread, which brings them.
   *
   * @throws KeeperException what ZooKeeper answered to one of the requests, other than that there
   *     is no such node
   * @throws LockException if the token base is another program's: nobody is to run with a token
   *     that may be too low
   */
  OwnershipAnswers await() throws KeeperException, LockException, InterruptedException {
    answered.await();
    if (failure != Code.OK) {
      throw KeeperException.create(failure);
    }
    OptionalLong base = tokenBase();
    if (base.isEmpty()) {
      throw new LockException(
          LockException.Kind.INTERNAL,
          "cannot use the base of the fencing tokens",
          tokens,
          "another program's data is there");
    }
    return read(base.getAsLong());
  }
}
