package org.lockex.lock.session;

import java.util.ArrayList;
import java.util.List;
import org.lockex.znode.LockRoot;

/**
 * A ZooKeeper connect string: {@code host[:port],host[:port][/chroot]}, the port being 2181 where
 * none is given. A chroot that does not exist is created with the first lock, as a container node
 * like every parent of a lock.
 *
 * <p>A chroot behind the last server holds for all of them, as for ZooKeeper's own client. Where it
 * stands behind several it has to stand behind each, and be the same: everything behind the first
 * slash taken for the chroot would be one server and another lock, and two hosts that list the
 * servers in another order would not exclude each other.
 *
 * @param servers the ensemble, in the order given
 * @param chroot the node below which everything happens, without a slash at its end; empty for none
 */
public record Hosts(List<Server> servers, String chroot) {

  /**
   * One server.
   *
   * @param host a name, an IPv4 address, or an IPv6 address without brackets
   * @param port 1 to 65535
   */
  public record Server(String host, int port) {
    @Override
    public String toString() {
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
  }

  /** Copies the list. */
  public Hosts {
    servers = List.copyOf(servers);
  }

  private static final int DEFAULT_PORT = 2181;

  /**
   * Reads a connect string. Blanks around the servers and a comma at the end do not matter; an IPv6
   * address stands in brackets.
   *
   * @param connectString as it is given to {@code -z}
   * @return its parts
   * @throws IllegalArgumentException if it is malformed; the message names the part
   */
  public static Hosts parse(String connectString) {
    if (connectString.contains("://")) {
      throw new IllegalArgumentException(
          "\"" + connectString.strip() + "\" is a URL, expected host:port,host:port[/chroot]");
    }
    List<String> entries = entries(connectString);
    List<Server> servers = new ArrayList<>();
    String last = entries.getLast();
    String chroot = chroot(last);
    for (String entry : entries) {
      servers.add(server(withoutChroot(entry).strip()));
      String own = chroot(entry);
      if (!own.equals(chroot) && !(own.isEmpty() && only(entries, last))) {
        throw new IllegalArgumentException(
            "\"" + entry + "\" and \"" + last + "\" have different chroots, and so other locks");
      }
    }
    LockRoot.check("the chroot", chroot);
    return new Hosts(servers, chroot);
  }

  private static List<String> entries(String connectString) {
    List<String> entries = new ArrayList<>();
    int start = 0;
    while (start >= 0) {
      int comma = connectString.indexOf(',', start);
      String entry =
          connectString.substring(start, comma < 0 ? connectString.length() : comma).strip();
      // A comma at the end is no further server.
      if (comma >= 0 || !entry.isEmpty() || entries.isEmpty()) {
        entries.add(entry);
      }
      start = comma < 0 ? -1 : comma + 1;
    }
    return entries;
  }

  /** Whether nobody but {@code last} has a chroot. */
  private static boolean only(List<String> entries, String last) {
    int chroots = 0;
    for (String entry : entries) {
      chroots += entry.indexOf('/') < 0 ? 0 : 1;
    }
    return chroots == (last.indexOf('/') < 0 ? 0 : 1);
  }

  private static String chroot(String entry) {
    int slash = entry.indexOf('/');
    String chroot = slash < 0 ? "" : entry.substring(slash);
    return chroot.endsWith("/") ? chroot.substring(0, chroot.length() - 1) : chroot;
  }

  private static String withoutChroot(String entry) {
    int slash = entry.indexOf('/');
    return slash < 0 ? entry : entry.substring(0, slash);
  }

  private static Server server(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("no ZooKeeper host between two commas, or none at all");
    }
    int colon = text.lastIndexOf(':');
    boolean port = colon >= 0 && !text.endsWith("]");
    String host = port ? text.substring(0, colon) : text;
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
      if (host.indexOf(':') < 0) {
        throw new IllegalArgumentException("no IPv6 address in \"" + text + "\"");
      }
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "too many colons in \"" + text + "\"; an IPv6 address stands in brackets");
    }
    checkHost(host, text);
    return new Server(host, port ? port(text.substring(colon + 1), text) : DEFAULT_PORT);
  }

  private static void checkHost(String host, String text) {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("no host in \"" + text + "\"");
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= ' ' || c == '[' || c == ']' || c == '\\' || c == '@' || c == '\u007f') {
        throw new IllegalArgumentException("no host name in \"" + text + "\"");
      }
    }
  }

  private static int port(String digits, String text) {
    int port = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9' || port > 65535) {
        throw new IllegalArgumentException(
            "bad port \"" + digits + "\" in \"" + text + "\", expected 1 to 65535");
      }
      port = port * 10 + c - '0';
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException(
          "bad port \"" + digits + "\" in \"" + text + "\", expected 1 to 65535");
    }
    return port;
  }

  /**
   * The servers as given, without the chroot.
   *
   * @return host:port, separated by commas
   */
  public String names() {
    StringBuilder names = new StringBuilder();
    for (Server server : servers) {
      if (!names.isEmpty()) {
        names.append(',');
      }
      names.append(server);
    }
    return names.toString();
  }
}
