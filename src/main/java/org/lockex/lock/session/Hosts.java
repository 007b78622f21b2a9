package org.lockex.lock.session;

import java.util.ArrayList;
import java.util.List;
import org.lockex.znode.LockRoot;

/**
 * A ZooKeeper connect string: {@code host:port,host:port[/chroot]}. A chroot that does not exist is
 * created with the first lock, as a container node like every parent of a lock.
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

  /**
   * Reads a connect string. Every server needs its port; an IPv6 address stands in brackets.
   *
   * @param connectString as it is given to {@code -z}
   * @return its parts
   * @throws IllegalArgumentException if it is malformed; the message names the part
   */
  public static Hosts parse(String connectString) {
    int slash = connectString.indexOf('/');
    String ensemble = slash < 0 ? connectString : connectString.substring(0, slash);
    String chroot = slash < 0 ? "" : connectString.substring(slash);
    if (chroot.endsWith("/")) {
      chroot = chroot.substring(0, chroot.length() - 1);
    }
    LockRoot.check("the chroot", chroot);
    if (ensemble.isEmpty()) {
      throw new IllegalArgumentException("no ZooKeeper host given");
    }
    List<Server> servers = new ArrayList<>();
    int start = 0;
    while (start >= 0) {
      int comma = ensemble.indexOf(',', start);
      servers.add(server(ensemble.substring(start, comma < 0 ? ensemble.length() : comma)));
      start = comma < 0 ? -1 : comma + 1;
    }
    return new Hosts(servers, chroot);
  }

  private static Server server(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("an empty entry between the ZooKeeper hosts");
    }
    int colon = text.lastIndexOf(':');
    if (colon < 0 || colon == text.length() - 1 || text.endsWith("]")) {
      throw new IllegalArgumentException("no port in \"" + text + "\", expected host:port");
    }
    String host = text.substring(0, colon);
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
    return new Server(host, port(text.substring(colon + 1), text));
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
