package org.lockex.gateway.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;

/**
 * What one proxy says of the request that it passed on.
 *
 * @param from who sent it to the proxy; empty if it does not say, or in no address
 * @param scheme in which scheme
 * @param authority under which name
 */
record Hop(Optional<InetAddress> from, Optional<String> scheme, Optional<String> authority) {
  private static final Pattern AUTHORITY = Pattern.compile("[A-Za-z0-9._~:\\[\\]-]+");

  /**
   * What the proxies say, the nearest last: in {@code Forwarded} (RFC 7239) or in {@code
   * X-Forwarded-For}, {@code -Proto} and {@code -Host}. A proxy writes the one and may pass on the
   * other as a client wrote it; where both are there and differ, nobody can tell which is its own,
   * so neither counts.
   */
  static List<Hop> of(HttpFields headers) {
    List<Hop> standard = elements(headers, "Forwarded").stream().map(Hop::ofElement).toList();
    List<Hop> usual = ofUsual(headers);
    if (standard.isEmpty() || usual.isEmpty()) {
      return standard.isEmpty() ? usual : standard;
    }
    return standard.equals(usual) ? standard : List.of();
  }

  private static Hop ofElement(String element) {
    Map<String, String> said = new HashMap<>();
    for (String pair : split(element, ';')) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String name = pair.substring(0, equals).strip().toLowerCase(Locale.ROOT);
        said.putIfAbsent(name, unquoted(pair.substring(equals + 1).strip()));
      }
    }
    return new Hop(
        address(said.getOrDefault("for", "")),
        scheme(said.getOrDefault("proto", "")),
        authority(said.getOrDefault("host", "")));
  }

  private static List<Hop> ofUsual(HttpFields headers) {
    List<String> from = elements(headers, "X-Forwarded-For");
    List<String> schemes = elements(headers, "X-Forwarded-Proto");
    List<String> hosts = elements(headers, "X-Forwarded-Host");
    int count = Math.max(from.size(), schemes.isEmpty() && hosts.isEmpty() ? 0 : 1);
    List<Hop> hops = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hops.add(
          new Hop(
              i < from.size() ? address(from.get(i)) : Optional.empty(),
              scheme(at(schemes, i, count)),
              authority(at(hosts, i, count))));
    }
    return hops;
  }

  /** Proxies add to the list of addresses, and most overwrite the other two. */
  private static String at(List<String> words, int hop, int hops) {
    if (words.isEmpty()) {
      return "";
    }
    return words.size() == hops ? words.get(hop) : words.getLast();
  }

  private static List<String> elements(HttpFields headers, String name) {
    List<String> values = headers.getValuesList(name);
    if (values.isEmpty()) {
      return List.of();
    }
    return split(String.join(",", values), ',');
  }

  /** What stands between separators that are outside of quotes, without what is empty. */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      boolean end = i == text.length();
      if (!end && text.charAt(i) == '"') {
        quoted = !quoted;
      }
      if (end || (!quoted && text.charAt(i) == separator)) {
        String part = text.substring(start, i).strip();
        if (!part.isEmpty()) {
          parts.add(part);
        }
        start = i + 1;
      }
    }
    return parts;
  }

  private static String unquoted(String text) {
    return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1)
        : text;
  }

  /** An address, with or without brackets and port. */
  private static Optional<InetAddress> address(String text) {
    String address = text;
    int close = text.indexOf(']');
    if (text.startsWith("[") && close > 0) {
      address = text.substring(1, close);
    } else if (text.indexOf(':') == text.lastIndexOf(':') && text.indexOf(':') > 0) {
      address = text.substring(0, text.indexOf(':'));
    }
    if (!address.contains(".") && !address.contains(":")) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(address));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> scheme(String text) {
    String scheme = text.toLowerCase(Locale.ROOT);
    return scheme.equals("http") || scheme.equals("https") ? Optional.of(scheme) : Optional.empty();
  }

  private static Optional<String> authority(String text) {
    return AUTHORITY.matcher(text).matches() ? Optional.of(text) : Optional.empty();
  }
}
