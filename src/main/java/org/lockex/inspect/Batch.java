package org.lockex.inspect;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.LockException;

/**
 * Many reads, under way together on one connection. A node that is gone when its turn comes is left
 * out; what arrives is told on the client's event thread, where more reads may be asked for.
 */
final class Batch {
  /** More would only lie in the server's queue: its globalOutstandingLimit is 1,000. */
  private static final int AT_ONCE = 1000;

  private static final int ATTEMPTS = 5;

  private final ZooKeeper zooKeeper;
  // Guarded by this:
  private final Queue<Runnable> later = new ArrayDeque<>();
  private int underWay;
  private Optional<LockException> failure = Optional.empty();

  Batch(ZooKeeper zooKeeper) {
    this.zooKeeper = zooKeeper;
  }

  /** Reads the names of a node's children. */
  void children(String path, Consumer<List<String>> reader) {
    submit(() -> children(path, reader, ATTEMPTS));
  }

  /** Reads a node's data and state. */
  void data(String path, BiConsumer<byte[], Stat> reader) {
    submit(() -> data(path, reader, ATTEMPTS));
  }

  /** Waits until everything asked for has been told. */
  synchronized void await() throws LockException, InterruptedException {
    while (underWay > 0) {
      wait();
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  private void children(String path, Consumer<List<String>> reader, int attempts) {
    zooKeeper.getChildren(
        path,
        false,
        (rc, p, context, names) -> {
          if (isLost(rc) && attempts > 1) {
            children(path, reader, attempts - 1);
          } else {
            told(rc, path, () -> reader.accept(names));
          }
        },
        null);
  }

  private void data(String path, BiConsumer<byte[], Stat> reader, int attempts) {
    zooKeeper.getData(
        path,
        false,
        (rc, p, context, data, stat) -> {
          if (isLost(rc) && attempts > 1) {
            data(path, reader, attempts - 1);
          } else {
            told(rc, path, () -> reader.accept(orEmpty(data), stat));
          }
        },
        null);
  }

  private static boolean isLost(int rc) {
    return rc == Code.CONNECTIONLOSS.intValue();
  }

  private static byte[] orEmpty(byte @Nullable [] data) {
    return data == null ? new byte[0] : data;
  }

  private void submit(Runnable read) {
    synchronized (this) {
      if (underWay >= AT_ONCE) {
        later.add(read);
        return;
      }
      underWay++;
    }
    read.run();
  }

  private void told(int rc, String path, Runnable reader) {
    Code code = Code.get(rc);
    Runnable next;
    try {
      if (code == Code.OK) {
        reader.run();
      }
    } finally {
      synchronized (this) {
        if (code != Code.OK && code != Code.NONODE && failure.isEmpty()) {
          failure =
              Optional.of(LockException.of("cannot read", path, KeeperException.create(code)));
          later.clear();
        }
        next = later.poll();
        if (next == null) {
          underWay--;
          notifyAll();
        }
      }
    }
    if (next != null) {
      next.run();
    }
  }
}
