package org.lockex.gateway.http;

import java.net.URI;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.HostPort;

/**
 * As what browsers know this lockexd, which tells its own page from those of other sites. Programs
 * that are no browsers send none of what is looked at, and pass.
 */
public final class OwnSite {
  private final boolean onlyLoopback;
  private final Optional<URI> publicUrl;

  /**
   * A site.
   *
   * @param onlyLoopback whether it can be reached from this machine only. Then a foreign name leads
   *     here only if its owner points it at this machine, to read what its page must not (DNS
   *     rebinding)
   * @param publicUrl the address that people use, where it is known
   */
  public OwnSite(boolean onlyLoopback, Optional<URI> publicUrl) {
    this.onlyLoopback = onlyLoopback;
    this.publicUrl = publicUrl;
  }

  /** Whether a request may have come by the name in its Host; without one it may. */
  boolean mayBeCalled(HttpExchange exchange) {
    if (!onlyLoopback && publicUrl.isEmpty()) {
      return true;
    }
    Optional<String> host = exchange.header(HttpHeader.HOST).filter(text -> !text.isEmpty());
    if (host.isEmpty()) {
      return true;
    }
    // As it stands there: what proxies say beside it, a page of that name could say, too.
    String name = name(host.get());
    return name.equalsIgnoreCase("localhost")
        || isAddress(name)
        || publicUrl.filter(url -> name.equalsIgnoreCase(url.getHost())).isPresent();
  }

  private static String name(String authority) {
    try {
      return HostPort.unsafe(authority).getHost();
    } catch (IllegalArgumentException e) {
      return authority;
    }
  }

  /** Nobody can point an address elsewhere. The last label of a name is never a number. */
  private static boolean isAddress(String name) {
    return name.startsWith("[")
        || name.indexOf(':') >= 0
        || name.matches("\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }

  /** Whether a browser says that a page of another site makes the request. */
  boolean isForeign(HttpExchange exchange) {
    Optional<String> site = exchange.header("Sec-Fetch-Site");
    // "none" is the user: an address that was typed, a bookmark.
    if (site.isPresent() && !site.get().equals("same-origin") && !site.get().equals("none")) {
      return true;
    }
    Optional<String> origin = exchange.header(HttpHeader.ORIGIN);
    return origin.isPresent() && !isOurs(origin.get(), exchange);
  }

  private boolean isOurs(String origin, HttpExchange exchange) {
    if (publicUrl.isPresent()
        && isSame(origin, publicUrl.get().getScheme(), publicUrl.get().getRawAuthority())) {
      return true;
    }
    if (isSame(origin, "https", exchange.authority())) {
      return true;
    }
    // A proxy in front may speak TLS for us; behind our own there is no page without it.
    return !exchange.isSecure() && isSame(origin, "http", exchange.authority());
  }

  /** RFC 6454, section 4: scheme, host and port are the same. */
  private static boolean isSame(String origin, String scheme, String authority) {
    String start = scheme + "://";
    if (!origin.regionMatches(true, 0, start, 0, start.length())) {
      return false;
    }
    int usual = scheme.equalsIgnoreCase("https") ? 443 : 80;
    try {
      HostPort theirs = HostPort.unsafe(origin.substring(start.length()));
      HostPort ours = HostPort.unsafe(authority);
      return theirs.getHost().equalsIgnoreCase(ours.getHost())
          && theirs.getPort(usual) == ours.getPort(usual);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
