package org.lockex.lock.session;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.jspecify.annotations.Nullable;
import org.lockex.security.DigestLogin;

/**
 * The client of one session and what its events have told so far; passes them on to Curator. Its
 * state is guarded by the lock of the {@link ZooKeeperSession}, which its callers hold.
 */
final class WatchedClient implements Watcher {
  private final ZooKeeperSession session;
  private final SessionClient client;
  private Optional<DigestLogin> login;
  private @Nullable Watcher watcher;
  private boolean connected;
  private boolean granted;
  private boolean expired;

  /** When the connection that stands, or stood last, was begun. */
  private long asked;

  private long createdAsked;

  /** The least timeout ever granted: a new leader may go by the one of the creation. */
  private long leastTimeout = Long.MAX_VALUE;

  WatchedClient(ZooKeeperSession session) throws IOException {
    this.session = session;
    SessionSettings settings = session.settings();
    // The first event may come before this constructor is through.
    synchronized (session) {
      client =
          new SessionClient(
              session.servers(),
              session.askedTimeoutMs(),
              this,
              session.recipeRights(),
              new SyncedLink(session),
              session.connectors());
      login = settings.security().login();
      if (login.isPresent()) {
        client.addAuthInfo("digest", login.get().secret());
      }
    }
  }

  SessionClient client() {
    return client;
  }

  boolean isConnected() {
    return connected;
  }

  boolean isExpired() {
    return expired;
  }

  /** Whether Curator has it. */
  boolean isWatched() {
    return watcher != null;
  }

  void passOnTo(Watcher next) {
    watcher = next;
  }

  @Override
  public void process(WatchedEvent event) {
    Watcher next;
    synchronized (session) {
      if (event.getType() == Event.EventType.None) {
        session.changed(this, event.getState());
      }
      next = watcher;
    }
    if (next != null) {
      next.process(event);
    }
  }

  /** Tells Curator of the connection it did not see begin; its own queue drops what it had then. */
  void catchUp() {
    if (connected && watcher != null) {
      watcher.process(
          new WatchedEvent(Event.EventType.None, Event.KeeperState.SyncConnected, null));
    }
  }

  /** Tells of the connection that stands, if any, and of the least timeout on the way to it. */
  void tell(SessionListener listener) {
    if (granted) {
      listener.connected(client, true, createdAsked, leastTimeout);
      if (asked != createdAsked) {
        listener.connected(client, false, asked, leastTimeout);
      }
    }
  }

  /** A connection stands, or, with SASL, the login on it is through. */
  void connected(Event.KeeperState news, @Nullable SessionListener listener) {
    if (!session.connectors().isDone(news)) {
      return;
    }
    boolean known = granted && asked == client.asked();
    connected = true;
    asked = client.asked();
    long timeout = TimeUnit.MILLISECONDS.toNanos(client.getSessionTimeout());
    leastTimeout = Math.min(leastTimeout, timeout);
    if (!granted) {
      createdAsked = asked;
    }
    if (!known && listener != null) {
      listener.connected(client, !granted, asked, timeout);
    }
    granted = true;
  }

  void disconnected() {
    connected = false;
    if (login.isPresent()) {
      showAgain(login.get());
    }
  }

  /** The secret may have been changed while we were connected. */
  private void showAgain(DigestLogin shown) {
    try {
      DigestLogin now = shown.again();
      if (!now.isSame(shown)) {
        login = Optional.of(now);
        client.addAuthInfo("digest", now.secret());
      }
    } catch (IOException e) {
      session.settings().notes().accept("cannot read the login anew: " + e.getMessage());
    }
  }

  void expired(@Nullable SessionListener listener) {
    connected = false;
    expired = true;
    if (listener != null) {
      listener.expired(client);
    }
  }
}
