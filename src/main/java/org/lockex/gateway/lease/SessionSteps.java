package org.lockex.gateway.lease;

import org.apache.zookeeper.Watcher.Event.EventType;
import org.lockex.gateway.async.AsyncZooKeeper;

/** Makes a step of the lease model of each thing that is heard of the session. */
final class SessionSteps implements AsyncZooKeeper.ZooKeeperListener {
  private static final String ALL = "all";

  private final LeaseContext context;
  private final MirrorEvents events;
  private final Runnable changed;

  /** {@code changed} runs after each. */
  SessionSteps(LeaseContext context, MirrorEvents events, Runnable changed) {
    this.context = context;
    this.events = events;
    this.changed = changed;
  }

  @Override
  public void connected(boolean fresh) {
    context.run(ALL, () -> events.connected(fresh));
    changed.run();
  }

  @Override
  public void disconnected() {
    context.run(ALL, events::disconnected);
    changed.run();
  }

  @Override
  public void expired() {
    disconnected();
  }

  @Override
  public void changed(EventType type, String path) {
    context.run(path, () -> events.changed(type, path));
    changed.run();
  }
}
