package org.lockex.simulation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.zookeeper.Op;

/** A server as follower of one leader. */
final class Following {
  private final Server server;
  private final Leading leading;
  private final Ensemble ensemble;
  private final Connection link;
  private final Set<Long> touched = new LinkedHashSet<>();
  private boolean taken;
  private boolean serves;
  private boolean over;
  private long heardAt;
  private final long began;

  Following(Server server, Leading leading) {
    this.server = server;
    this.leading = leading;
    this.ensemble = server.ensemble();
    this.began = ensemble.time().now();
    this.heardAt = began;
    this.link = ensemble.network().connect(server.process(), leading.server().process());
  }

  void begin() {
    link.toClient().onEnd(this::lookAgain);
    link.toServer().onEnd(() -> leading.leaves(this));
    link.toServer()
        .send(() -> {
          if (leading.over()) {
            link.closeByServer();
          } else {
            leading.join(this, link);
          }
        });
    watch();
  }

  void end() {
    over = true;
    link.closeByClient();
  }

  private void lookAgain() {
    if (!over) {
      server.look();
    }
  }

  private long now() {
    return ensemble.time().now();
  }

  private void watch() {
    if (over || !server.process().alive()) {
      return;
    }
    boolean silent = now() - heardAt > ensemble.syncLimit();
    if ((silent && taken) || (!serves && now() - began > ensemble.initLimit())) {
      lookAgain();
    } else {
      server.process().after(ensemble.tick() / 2, this::watch);
    }
  }

  boolean serves() {
    return serves && !over;
  }

  private void toLeader(Runnable what) {
    link.toServer().send(what);
  }

  /** The leader's log, of which so much is committed. */
  void take(List<Transaction> log, int committed, long epoch) {
    if (!over) {
      taken = true;
      heardAt = now();
      server.adopt(log, epoch);
      server.applyUntil(committed);
      onDisk(log.size());
    }
  }

  private void onDisk(int count) {
    server.sync(() -> {
      if (!over) {
        toLeader(() -> leading.acked(this, count));
      }
    });
  }

  void proposed(Transaction transaction, int count) {
    if (!over) {
      heardAt = now();
      server.append(transaction);
      onDisk(count);
    }
  }

  void commit(int count) {
    if (!over) {
      heardAt = now();
      server.applyUntil(count);
    }
  }

  void serve() {
    serves = true;
    heardAt = now();
  }

  void pinged() {
    if (!over) {
      heardAt = now();
      List<Long> heard = new ArrayList<>(touched);
      touched.clear();
      toLeader(() -> leading.heard(this, heard));
    }
  }

  /** A client of this server was heard; the leader is told with the next ping. */
  void touch(long session) {
    touched.add(session);
  }

  void beginSession(long session, long timeout, Object origin) {
    toLeader(() -> leading.beginSession(this, session, timeout, origin));
  }

  void revalidate(long session, Consumer<Boolean> answer) {
    toLeader(() -> {
      boolean lives = leading.revalidate(this, session);
      leading.tell(this, () -> answer.accept(lives));
    });
  }

  void endSession(long session, Object origin) {
    toLeader(() -> leading.endSession(session, origin));
  }

  void write(long session, List<Op> ops, Object origin) {
    toLeader(() -> leading.write(this, session, ops, origin));
  }

  void sync(Runnable then) {
    toLeader(() -> leading.whenCommitted(() -> leading.tell(this, then)));
  }
}
