package org.lockex.lock.session;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.lockex.security.ServerRotation;

/**
 * Tells ZooKeeper's client which server to try next. The client asks on its send thread just before
 * every attempt, which makes this also the place to note when an attempt began and to spare the
 * attempt the client's random sleep.
 */
public final class HostRotation implements ServerRotation {
  private static final long SHORTEST_PAUSE_MS = 20;
  private static final long LONGEST_PAUSE_MS = 500;

  private final List<Hosts.Server> servers;
  private final ServerNames names;
  private final LongSupplier clock;
  private List<InetSocketAddress> round = List.of();
  private int next;
  private long pauseMs = SHORTEST_PAUSE_MS;
  private boolean fresh = true;
  private long begun;
  private volatile BooleanSupplier sleeps = () -> false;
  private volatile long granted;
  private volatile @Nullable Thread sender;
  private volatile @Nullable InetSocketAddress last;

  /**
   * Begins with any of them.
   *
   * @param hosts the servers
   * @param clock by which attempts are told apart; in nanoseconds
   */
  public HostRotation(Hosts hosts, LongSupplier clock) {
    // Many clients with one connect string shall not all begin with the same server.
    List<Hosts.Server> shuffled = new ArrayList<>(hosts.servers());
    Collections.shuffle(shuffled);
    this.servers = shuffled;
    this.names = new ServerNames(shuffled, InetAddress::getAllByName);
    this.clock = clock;
  }

  @Override
  public void clientSleeps(BooleanSupplier whether) {
    sleeps = whether;
  }

  /** When the attempt began that last brought a session, or took it up again. */
  long granted() {
    return granted;
  }

  /** The server tried last; none while the first name is still being resolved. */
  @Nullable InetSocketAddress last() {
    return last;
  }

  /**
   * The client gives an attempt T divided by this. The first session may take its share of T; once
   * there is something to lose, an attempt gets no more than the T/6 that a heartbeat gets.
   */
  @Override
  public int size() {
    return sender == null ? servers.size() : Math.max(servers.size(), 6);
  }

  /** Wakes the client's send thread from its sleeps, unless it has a new connection by now. */
  synchronized void wake(long asked) {
    Thread thread = sender;
    if (thread != null && granted == asked) {
      thread.interrupt();
    }
  }

  @Override
  public InetSocketAddress next(long spinDelay) {
    sender = Thread.currentThread();
    Thread.interrupted();
    if (next >= round.size()) {
      if (!fresh) {
        pause();
      }
      fresh = false;
      round = resolve();
      next = 0;
    }
    InetSocketAddress address = round.get(next++);
    last = address;
    begun = clock.getAsLong();
    if (sleeps.getAsBoolean()) {
      // ClientCnxn.startConnect sleeps up to 1 s now, unless it is interrupted.
      Thread.currentThread().interrupt();
    }
    return address;
  }

  @Override
  public List<InetSocketAddress> others() {
    List<InetSocketAddress> others = new ArrayList<>(round.subList(next, round.size()));
    others.addAll(round.subList(0, Math.max(0, next - 1)));
    return others;
  }

  @Override
  public void prefer(InetSocketAddress server) {
    List<InetSocketAddress> changed = new ArrayList<>(round);
    int at = changed.indexOf(server);
    if (at >= 0) {
      changed.remove(at);
      if (at < next) {
        next--;
      }
      changed.add(next, server);
      round = changed;
    }
  }

  private void pause() {
    try {
      Thread.sleep(pauseMs);
    } catch (InterruptedException e) {
      // Somebody wants the next attempt now.
    }
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }

  private List<InetSocketAddress> resolve() {
    List<InetSocketAddress> addresses = names.addresses();
    if (addresses.isEmpty()) {
      Hosts.Server server = servers.get(0);
      return List.of(InetSocketAddress.createUnresolved(server.host(), server.port()));
    }
    return addresses;
  }

  @Override
  public synchronized void onConnected() {
    // With the flag set the client's selector would not wait any more.
    Thread.interrupted();
    pauseMs = SHORTEST_PAUSE_MS;
    // After a loss every other server gets its turn without a pause.
    fresh = true;
    int current = next - 1;
    List<InetSocketAddress> others = new ArrayList<>(round.subList(next, round.size()));
    others.addAll(round.subList(0, current + 1));
    round = others;
    next = 0;
    granted = begun;
  }

  @Override
  public boolean updateServerList(
      Collection<InetSocketAddress> serverAddresses, InetSocketAddress currentHost) {
    return false;
  }
}
