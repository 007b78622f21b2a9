package org.lockex.gateway.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.HostPort;

/**
 * How lockexd looks from its clients' side, where proxies may stand between: under which address
 * they reach it, and who they are. What a request says of that counts only as far as it was written
 * by a proxy that is trusted.
 *
 * @param url where clients reach lockexd, without a slash at its end; empty: where they say
 * @param proxies whose {@code Forwarded} and {@code X-Forwarded-*} count
 */
public record PublicSide(Optional<URI> url, List<AddressRange> proxies) {
  /** No proxies, and no address of its own. */
  public static final PublicSide DIRECT = new PublicSide(Optional.empty(), List.of());

  /** {@return where the client of this request reaches us: the beginning of our addresses} */
  String base(Request request) {
    if (url.isPresent()) {
      return url.get().toString();
    }
    Optional<Hop> outermost = outermost(request);
    return outermost.flatMap(Hop::scheme).orElse(request.getHttpURI().getScheme())
        + "://"
        + authority(request, outermost);
  }

  /** {@return the host, and where it is not the usual one the port, that the client asked for} */
  String authority(Request request) {
    return authority(request, outermost(request));
  }

  private static String authority(Request request, Optional<Hop> outermost) {
    String host = request.getHeaders().get(HttpHeader.HOST);
    return outermost
        .flatMap(Hop::authority)
        .orElse(
            host == null || host.isEmpty()
                ? Request.getServerName(request) + ":" + Request.getServerPort(request)
                : host);
  }

  /** {@return the client's address} */
  String client(Request request) {
    return outermost(request)
        .flatMap(Hop::from)
        .map(address -> HostPort.normalizeHost(address.getHostAddress()))
        .orElse(Request.getRemoteAddr(request));
  }

  /**
   * The word of the trusted proxy that is farthest from us: each was written by the one behind it,
   * so those before the first that we do not trust may say anything.
   */
  private Optional<Hop> outermost(Request request) {
    if (proxies.isEmpty()
        || !(request.getConnectionMetaData().getRemoteSocketAddress()
            instanceof InetSocketAddress peer)) {
      return Optional.empty();
    }
    InetAddress author = peer.getAddress();
    if (!isTrusted(author)) {
      return Optional.empty();
    }
    Optional<Hop> word = Optional.empty();
    for (Hop hop : Hop.of(request.getHeaders()).reversed()) {
      // A proxy that does not know its client stands for it.
      InetAddress from = hop.from().orElse(author);
      word = Optional.of(new Hop(Optional.of(from), hop.scheme(), hop.authority()));
      if (hop.from().isEmpty() || !isTrusted(from)) {
        break;
      }
      author = from;
    }
    return word;
  }

  /** Whether it is the address of a proxy that is trusted. */
  boolean isTrusted(InetAddress address) {
    for (AddressRange range : proxies) {
      if (range.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
