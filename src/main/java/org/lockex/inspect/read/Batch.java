package org.lockex.inspect.read;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.OpResult.ErrorResult;
import org.apache.zookeeper.OpResult.GetChildrenResult;
import org.apache.zookeeper.OpResult.GetDataResult;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ReadRequests;

/**
 * Many reads, packed into few requests, several of which are under way at once. A node that is gone
 * when its turn comes is left out; one that we may not read is told apart, because nobody knows
 * what it holds. What arrives is told on the client's event thread, where more reads may be asked
 * for.
 */
public final class Batch {
  private static final int READS_IN_REQUEST = 128;
  private static final int REQUESTS_AT_ONCE = 4;

  private record Read(Op op, Consumer<OpResult> reader, Runnable forbidden) {}

  private final ReadRequests requests;
  private final String required;
  // Guarded by this:
  private final Queue<Read> wanted = new ArrayDeque<>();
  private int underWay;
  private Optional<LockException> failure = Optional.empty();

  /**
   * Nothing is asked for yet.
   *
   * @param requests sends them
   * @param required the one node without whose reading the rest is pointless
   */
  public Batch(ReadRequests requests, String required) {
    this.requests = requests;
    this.required = required;
  }

  /**
   * Reads the names of a node's children.
   *
   * @param path the node
   * @param reader told the names
   * @param forbidden runs where we may not
   */
  public void children(String path, Consumer<List<String>> reader, Runnable forbidden) {
    submit(
        new Read(
            Op.getChildren(path),
            result -> {
              if (result instanceof GetChildrenResult children) {
                reader.accept(children.getChildren());
              }
            },
            forbidden));
  }

  /**
   * Reads a node's data and state.
   *
   * @param path the node
   * @param reader told both
   * @param forbidden runs where we may not
   */
  public void data(String path, BiConsumer<byte[], Stat> reader, Runnable forbidden) {
    submit(
        new Read(
            Op.getData(path),
            result -> {
              if (result instanceof GetDataResult data) {
                reader.accept(orEmpty(data.getData()), data.getStat());
              }
            },
            forbidden));
  }

  /**
   * Waits until everything asked for has been told.
   *
   * @throws LockException where the required node cannot be read
   * @throws InterruptedException if the thread is interrupted
   */
  public synchronized void await() throws LockException, InterruptedException {
    send();
    while (underWay > 0 || !wanted.isEmpty()) {
      wait();
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  private static byte[] orEmpty(byte @Nullable [] data) {
    return data == null ? new byte[0] : data;
  }

  private synchronized void submit(Read read) {
    wanted.add(read);
    if (wanted.size() >= READS_IN_REQUEST) {
      send();
    }
  }

  private synchronized void send() {
    while (underWay < REQUESTS_AT_ONCE && !wanted.isEmpty()) {
      List<Read> reads = new ArrayList<>(READS_IN_REQUEST);
      while (reads.size() < READS_IN_REQUEST && !wanted.isEmpty()) {
        reads.add(wanted.remove());
      }
      underWay++;
      requests.send(
          reads.stream().map(Read::op).toList(), (code, results) -> told(reads, code, results));
    }
  }

  private void told(List<Read> reads, Code code, @Nullable List<OpResult> results) {
    try {
      for (int i = 0; results != null && i < reads.size(); i++) {
        tell(reads.get(i), results.get(i));
      }
    } finally {
      synchronized (this) {
        if (results == null) {
          fail(required, code);
        }
        underWay--;
        send();
        notifyAll();
      }
    }
  }

  private void tell(Read read, OpResult result) {
    if (!(result instanceof ErrorResult error)) {
      read.reader().accept(result);
    } else if (error.getErr() != Code.NONODE.intValue() && read.op().getPath().equals(required)) {
      fail(required, Code.get(error.getErr()));
    } else if (error.getErr() == Code.NOAUTH.intValue()) {
      read.forbidden().run();
    }
  }

  private synchronized void fail(String path, Code code) {
    if (failure.isEmpty()) {
      failure =
          Optional.of(
              requests
                  .tooLarge()
                  .map(why ->
                      new LockException(LockException.Kind.INTERNAL, "cannot read", path, why))
                  .orElseGet(
                      () -> LockException.of("cannot read", path, KeeperException.create(code))));
      wanted.clear();
    }
  }
}
