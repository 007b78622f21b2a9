package org.lockex.lock.session;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of the servers. Each name is looked up beside whoever wants to connect, who waits
 * for none of them once there is another server to try: a name server can be silent for many
 * seconds. What a name was found to be last is used as long as there is nothing newer.
 */
final class ServerNames {
  /** Looks up one name; takes as long as the name servers. */
  interface Lookup {
    InetAddress[] of(String host) throws UnknownHostException;
  }

  /** How long the answers may take where there is a server to try already. */
  private static final long GRACE = TimeUnit.MILLISECONDS.toNanos(50);

  private final List<Hosts.Server> servers;
  private final Lookup lookup;
  // Guarded by this:
  private final Map<String, InetAddress[]> known = new HashMap<>();
  private final Set<String> underWay = new HashSet<>();

  ServerNames(List<Hosts.Server> servers, Lookup lookup) {
    this.servers = servers;
    this.lookup = lookup;
  }

  /**
   * The addresses as far as they are known, in the order of the servers. Waits until there is one,
   * or no hope of one.
   */
  List<InetSocketAddress> addresses() {
    begin();
    await();
    return known();
  }

  private void begin() {
    for (Hosts.Server server : servers) {
      String host = server.host();
      boolean alone = servers.size() == 1 && isUnknown(host);
      if (alone || isAddress(host)) {
        // There is nothing to wait for, or nothing else to do meanwhile.
        look(host);
      } else if (isFirst(host)) {
        Thread thread = new Thread(() -> look(host), "lockex-names");
        thread.setDaemon(true);
        thread.start();
      }
    }
  }

  /** No name of a host ends with a digit (RFC 3696, section 2). */
  private static boolean isAddress(String host) {
    char last = host.charAt(host.length() - 1);
    return host.indexOf(':') >= 0 || (last >= '0' && last <= '9');
  }

  private synchronized boolean isUnknown(String host) {
    return !known.containsKey(host);
  }

  private synchronized boolean isFirst(String host) {
    return underWay.add(host);
  }

  private void look(String host) {
    InetAddress @Nullable [] found = null;
    try {
      found = lookup.of(host);
    } catch (UnknownHostException e) {
      // It keeps what it was known by.
    }
    synchronized (this) {
      underWay.remove(host);
      if (found != null) {
        known.put(host, found);
      }
      notifyAll();
    }
  }

  private synchronized void await() {
    long end = System.nanoTime() + GRACE;
    while (!underWay.isEmpty()) {
      long left = end - System.nanoTime();
      if (left <= 0 && !known.isEmpty()) {
        return;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, GRACE) + 999_999);
      } catch (InterruptedException e) {
        // Somebody wants the next attempt now.
        end = System.nanoTime();
      }
    }
  }

  private synchronized List<InetSocketAddress> known() {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (Hosts.Server server : servers) {
      InetAddress[] found = known.get(server.host());
      if (found != null) {
        for (InetAddress address : found) {
          addresses.add(new InetSocketAddress(named(server.host(), address), server.port()));
        }
      }
    }
    return addresses;
  }

  /**
   * The address by the name that was asked for. The JDK gives one that was asked for by its number
   * the name that a name server knows for it, once somebody wants to know that (SASL does), and a
   * certificate would be compared with what that name server says.
   */
  private static InetAddress named(String host, InetAddress address) {
    try {
      return address instanceof Inet6Address scoped && scoped.getScopeId() != 0
          ? Inet6Address.getByAddress(host, address.getAddress(), scoped.getScopeId())
          : InetAddress.getByAddress(host, address.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }
}
