package org.lockex.inspect;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.FutureTask;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.lockex.ExitCode;
import org.lockex.cli.DurationText;
import org.lockex.inspect.text.Output;
import org.lockex.inspect.text.Table;
import org.lockex.lock.session.Hosts;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ServerAge;
import org.lockex.lock.session.ZooKeeperSession;
import org.lockex.security.TlsConnector;
import org.lockex.znode.JsonWriter;

/** {@code lockexctl ping}: the first thing to run when something is wrong. */
record Ping(EnsembleAccess servers, Output out, boolean json) {
  private static final int TRIES = 9;

  /** Returns 0 if locks can be taken, 77 if ZooKeeper does not let us; not connected is thrown. */
  int run() throws LockException, InterruptedException, IOException {
    List<FutureTask<ServerAnswer>> answers =
        servers.hosts().servers().stream().map(this::ask).toList();
    ZooKeeperSession session = servers.open();
    for (FutureTask<ServerAnswer> answer : answers) {
      tell(answer);
    }
    LockReader tree = servers.tree(session);
    ZooKeeper client = tree.client();
    Duration reads = median(() -> client.exists("/", false));
    Duration writes = median(() -> client.multi(List.of(Op.check("/", -1))));
    Rights rights = Rights.of(tree, servers.security().acl());
    OwnStanding standing =
        OwnStanding.of(
            client, session.connectors().tls().flatMap(TlsConnector::peer), rights.nearest());
    ServerAge age = ServerAge.of(client);
    if (age == ServerAge.BEFORE_3_5) {
      throw new LockException(
          LockException.Kind.TOO_OLD, "cannot take locks", tree.path(), ServerAge.NEEDS_3_5);
    }
    if (json) {
      JsonWriter line =
          new JsonWriter()
              .text("session", session.id())
              .number("timeoutMillis", session.timeout().toMillis())
              .number("readMicros", reads.toNanos() / 1000)
              .number("quorumMicros", writes.toNanos() / 1000)
              .text("lockPath", tree.path())
              .truth("exists", rights.exists())
              .truth("lockexd", age == ServerAge.ENOUGH);
      rights.missing().ifPresent(right -> line.text("missingRight", right));
      standing.tell(line);
      out.line(line.toString());
    } else {
      out.line(
          "session "
              + session.id()
              + ": timeout "
              + DurationText.of(session.timeout())
              + " (asked for "
              + DurationText.of(servers.connection().sessionTimeout())
              + "), a read takes "
              + millis(reads)
              + ", a round through the quorum "
              + millis(writes));
      standing.tell(out, rights, servers.security().hasIdentity());
      if (age == ServerAge.BEFORE_3_6) {
        out.line("lockexd cannot use these servers: it needs ZooKeeper 3.6");
      }
      out.line("lock path " + tree.path() + ": " + words(rights));
    }
    return rights.missing().isPresent() ? ExitCode.NOT_AUTHORISED.code() : 0;
  }

  private static String words(Rights rights) {
    String where =
        rights.exists() ? "exists" : "does not exist yet, " + rights.nearest() + " is there";
    return where
        + rights
            .missing()
            .map(right -> "; the right to " + right + " there is missing")
            .orElse("; locks can be taken");
  }

  private FutureTask<ServerAnswer> ask(Hosts.Server server) {
    FutureTask<ServerAnswer> task =
        new FutureTask<>(() -> ServerAnswer.of(server, servers.security().tls()));
    Thread thread = new Thread(task, "ask");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private void tell(FutureTask<ServerAnswer> task) throws InterruptedException, IOException {
    try {
      ServerAnswer answer = task.get();
      out.line(json ? answer.json().toString() : Table.printable(answer.words()));
      out.flush();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private interface Request {
    Object send() throws KeeperException, InterruptedException;
  }

  private static Duration median(Request request) throws LockException, InterruptedException {
    long[] times = new long[TRIES];
    try {
      for (int i = 0; i < TRIES; i++) {
        long start = System.nanoTime();
        Object _ = request.send();
        times[i] = System.nanoTime() - start;
      }
    } catch (KeeperException e) {
      throw LockException.of("cannot read", "/", e);
    }
    Arrays.sort(times);
    return Duration.ofNanos(times[TRIES / 2]);
  }

  static String millis(Duration time) {
    return String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6);
  }
}
