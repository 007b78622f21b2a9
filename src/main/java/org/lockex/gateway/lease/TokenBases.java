package org.lockex.gateway.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.ErrorResult;
import org.apache.zookeeper.OpResult.GetDataResult;
import org.lockex.znode.TokenBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is added to czxids to make fencing tokens, as far as events have told. ZooKeeper tells that
 * the base was raised before it answers any later transaction. So where nothing was told that has
 * not been read since, the base is right for every grant whose answer is here.
 */
final class TokenBases {
  private static final Logger LOG = LoggerFactory.getLogger(TokenBases.class);

  private final String path;
  private final List<Runnable> waiting = new ArrayList<>();
  private Optional<TokenBase> read = Optional.of(TokenBase.NONE);
  private boolean current;

  /** The base in the node at {@code path}, not read yet. */
  TokenBases(String path) {
    this.path = path;
  }

  String path() {
    return path;
  }

  /** It is read anew with all else, and so is what waited for it. */
  void reload() {
    current = false;
    waiting.clear();
  }

  /** Another one was written, and is to be read. */
  void changed() {
    current = false;
  }

  /** What was answered to a read after the last change. */
  void is(OpResult result) {
    boolean absent =
        result instanceof ErrorResult error && error.getErr() == Code.NONODE.intValue();
    read =
        result instanceof GetDataResult got
            ? TokenBase.read(
                got.getData() == null ? new byte[0] : got.getData(), got.getStat().getMzxid())
            : absent ? Optional.of(TokenBase.NONE) : Optional.empty();
    if (read.isEmpty()) {
      LOG.error("cannot use the base of the fencing tokens in {}: no grant is given", path);
    }
    current = true;
    List<Runnable> then = List.copyOf(waiting);
    waiting.clear();
    then.forEach(Runnable::run);
  }

  boolean isCurrent() {
    return current;
  }

  /** Runs {@code then} when the newest base has been read; never if the connection goes before. */
  void whenCurrent(Runnable then) {
    if (current) {
      then.run();
    } else {
      waiting.add(then);
    }
  }

  /** Whether tokens can be made: not of what may not be read, or is another program's. */
  boolean isUsable() {
    return read.isPresent();
  }

  /** The newest that has been read. */
  TokenBase newest() {
    return read.orElse(TokenBase.NONE);
  }
}
