package org.lockex.lock.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.lockex.security.ClientConfig;

/**
 * Sends several reads in one request, as ZooKeeper knows them since 3.6; to a server that is older,
 * once it has told so, each read as a request of its own.
 */
public final class ReadRequests {
  private static final int ATTEMPTS = 10;

  /** Hears what was read, on the client's event thread. */
  public interface Answer {
    /**
     * All has been answered.
     *
     * @param code OK where there are results, or why there are none
     * @param results one for each read; null where there are none
     */
    void told(Code code, @Nullable List<OpResult> results);
  }

  /** Waits until the server's age is known. */
  private record Held(List<Op> reads, Answer answer) {}

  private final ZooKeeper client;
  private volatile boolean singly;
  // Guarded by this:
  private final List<Held> held = new ArrayList<>();
  private boolean asking;

  /**
   * Nothing has been asked yet.
   *
   * @param client by which to ask
   */
  public ReadRequests(ZooKeeper client) {
    this.client = client;
  }

  /** {@return by which it asks} */
  public ZooKeeper client() {
    return client;
  }

  /** {@return why no attempt will bring an answer; empty where one may} */
  public Optional<String> tooLarge() {
    return client.getClientConfig() instanceof ClientConfig config
        ? config.tooLarge()
        : Optional.empty();
  }

  /**
   * Reads; a connection that is lost meanwhile is nothing that is told, unless that happens again
   * and again.
   *
   * @param reads {@link Op#getData} and {@link Op#getChildren}
   * @param answer hears the results in the same order
   */
  public void send(List<Op> reads, Answer answer) {
    send(reads, answer, ATTEMPTS);
  }

  private void send(List<Op> reads, Answer answer, int attempts) {
    if (isAsking(reads, answer)) {
      return;
    }
    if (singly) {
      new Singles(reads, answer).send();
      return;
    }
    client.multi(
        reads,
        (rc, path, context, results) -> {
          if (rc == Code.CONNECTIONLOSS.intValue() && attempts > 1 && tooLarge().isEmpty()) {
            send(reads, answer, attempts - 1);
          } else if (rc == Code.UNIMPLEMENTED.intValue()) {
            unknown(reads, answer);
          } else {
            // The code is that of the first read that failed, if one did.
            answer.told(results == null ? Code.get(rc) : Code.OK, results);
          }
        },
        null);
  }

  private synchronized boolean isAsking(List<Op> reads, Answer answer) {
    if (asking) {
      held.add(new Held(reads, answer));
    }
    return asking;
  }

  /** The server does not know the request. Is it too old for all else, too? */
  private void unknown(List<Op> reads, Answer answer) {
    synchronized (this) {
      held.add(new Held(reads, answer));
      if (asking) {
        return;
      }
      asking = true;
    }
    ask(ATTEMPTS);
  }

  /** The server closed the connection, so that the first time this is seldom answered. */
  private void ask(int attempts) {
    ServerAge.askContainer(
        client,
        code -> {
          if (code == Code.CONNECTIONLOSS && attempts > 1) {
            ask(attempts - 1);
          } else {
            told(code);
          }
        });
  }

  private void told(Code container) {
    List<Held> released;
    synchronized (this) {
      released = List.copyOf(held);
      held.clear();
      asking = false;
      singly = container != Code.UNIMPLEMENTED && container != Code.CONNECTIONLOSS;
    }
    for (Held one : released) {
      if (singly) {
        send(one.reads(), one.answer());
      } else {
        one.answer().told(container, null);
      }
    }
  }

  /** The reads of one request, each of its own. The client's event thread alone counts them. */
  private final class Singles {
    private final List<Op> reads;
    private final Answer answer;
    private final OpResult[] results;
    private final AtomicInteger left;
    private Code failure = Code.OK;

    Singles(List<Op> reads, Answer answer) {
      this.reads = reads;
      this.answer = answer;
      this.results = new OpResult[reads.size()];
      this.left = new AtomicInteger(reads.size());
    }

    void send() {
      for (int i = 0; i < reads.size(); i++) {
        send(i, ATTEMPTS);
      }
    }

    private void send(int at, int attempts) {
      Op read = reads.get(at);
      if (read.getType() == OpCode.getChildren) {
        client.getChildren(
            read.getPath(),
            false,
            (rc, path, context, names) ->
                told(
                    at, rc, attempts, names == null ? null : new OpResult.GetChildrenResult(names)),
            null);
      } else {
        client.getData(
            read.getPath(),
            false,
            (rc, path, context, data, stat) ->
                told(
                    at, rc, attempts, stat == null ? null : new OpResult.GetDataResult(data, stat)),
            null);
      }
    }

    private void told(int at, int rc, int attempts, @Nullable OpResult result) {
      if (rc == Code.CONNECTIONLOSS.intValue() && attempts > 1) {
        send(at, attempts - 1);
        return;
      }
      Code code = Code.get(rc);
      if (code != Code.OK && code != Code.NONODE && code != Code.NOAUTH) {
        failure = code;
      }
      results[at] =
          rc == Code.OK.intValue() && result != null ? result : new OpResult.ErrorResult(rc);
      if (left.decrementAndGet() == 0) {
        answer.told(failure, failure == Code.OK ? List.of(results) : null);
      }
    }
  }
}
