package org.lockex.security;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * While a server lets a client wait, the next ones are tried beside it, one each 250 ms (RFC 8305).
 * It is connections that race, not sessions: a session is asked for on one of them at a time, and
 * the others are closed. A server that has accepted the connection and says nothing is left once
 * another connection stands; each time one is left, the next has twice the time, so that slow
 * servers are not left for ever.
 *
 * <p>One thread uses it, that of the client.
 */
public final class Rivals {
  /** Makes a connection beside. */
  @FunctionalInterface
  public interface Opener {
    /**
     * Begins to connect and returns at once.
     *
     * @param server to which
     * @return the connection
     * @throws IOException if it cannot be begun
     */
    Rival open(InetSocketAddress server) throws IOException;
  }

  private static final long PACE = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long LONGEST_PATIENCE = TimeUnit.SECONDS.toNanos(4);

  private final @Nullable Route route;
  private final Opener opener;
  private final List<Rival> open = new ArrayList<>();
  private final List<InetSocketAddress> left = new ArrayList<>();
  private long patience = PACE;
  private long due;

  /**
   * Nothing is tried yet.
   *
   * @param route the servers; empty: nothing is ever tried beside
   * @param opener makes the connections
   */
  public Rivals(Optional<Route> route, Opener opener) {
    this.route = route.orElse(null);
    this.opener = opener;
  }

  /**
   * An attempt begins.
   *
   * @param server at this one
   * @return the connection to it that stands already, if there is one
   */
  public @Nullable Rival begin(InetSocketAddress server) {
    Rival taken = null;
    for (Rival rival : open) {
      if (taken == null && rival.isReady() && rival.server().equals(server)) {
        taken = rival;
      } else {
        rival.close();
      }
    }
    open.clear();
    left.clear();
    if (route != null) {
      left.addAll(route.others());
    }
    due = System.nanoTime() + patience;
    return taken;
  }

  /**
   * {@return for how long there is nothing to do, in milliseconds; at least one}
   *
   * @param most it is no more than that
   */
  public int idle(int most) {
    if (left.isEmpty() && open.isEmpty()) {
      return most;
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(due - System.nanoTime()) + 1;
    return (int) Math.max(1, Math.min(most, millis));
  }

  /**
   * The attempt has brought nothing yet: tries the next server, if it is time.
   *
   * @throws IOException if a connection stands that is to be used instead
   */
  public void advance() throws IOException {
    boolean next = System.nanoTime() - due >= 0;
    for (int i = open.size() - 1; i >= 0; i--) {
      Rival rival = open.get(i);
      if (rival.isReady()) {
        patience = Math.min(2 * patience, LONGEST_PATIENCE);
        if (route != null) {
          route.prefer(rival.server());
        }
        throw new IOException("another server answers sooner");
      } else if (rival.hasFailed()) {
        open.remove(i);
        next = true;
      }
    }
    if (next) {
      due = System.nanoTime() + PACE;
      if (!left.isEmpty()) {
        open.add(opener.open(left.removeFirst()));
      }
    }
  }

  /** {@return whether a connection stands that is to be used instead} */
  public boolean hasReady() {
    for (Rival rival : open) {
      if (rival.isReady()) {
        return true;
      }
    }
    return false;
  }

  /** The attempt was successful, or there will be none any more. */
  public void end() {
    patience = PACE;
    left.clear();
    for (Rival rival : open) {
      rival.close();
    }
    open.clear();
  }
}
