package org.lockex.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;

class HopTest {
  private static List<Hop> hops(String... headers) {
    HttpFields.Mutable fields = HttpFields.build();
    for (int i = 0; i < headers.length; i += 2) {
      fields.add(headers[i], headers[i + 1]);
    }
    return Hop.of(fields);
  }

  private static Hop hop(String from, String scheme, String authority) {
    return new Hop(
        Optional.of(from).filter(text -> !text.isEmpty()).map(InetAddress::ofLiteral),
        Optional.of(scheme).filter(text -> !text.isEmpty()),
        Optional.of(authority).filter(text -> !text.isEmpty()));
  }

  @Test
  void reads_the_standard_header() {
    assertEquals(
        List.of(
            hop("192.0.2.43", "", ""),
            hop("2001:db8:cafe::17", "https", "a.example:8443"),
            hop("", "http", "")),
        hops(
            "Forwarded",
            "for=192.0.2.43, For=\"[2001:db8:cafe::17]:4711\";proto=HTTPS;host=\"a.example:8443\"",
            "Forwarded",
            "for=_hidden;by=203.0.113.43 ; proto=http"));
    assertEquals(
        List.of(hop("", "", "")), hops("Forwarded", "for=unknown;host=\"a, b\";proto=gopher"));
  }

  @Test
  void reads_the_usual_headers() {
    assertEquals(
        List.of(hop("192.0.2.43", "https", "a"), hop("::1", "https", "a")),
        hops(
            "X-Forwarded-For",
            "192.0.2.43:99,",
            "X-Forwarded-For",
            "::1",
            "X-Forwarded-Proto",
            "https",
            "X-Forwarded-Host",
            "a"));
    assertEquals(
        List.of(hop("192.0.2.1", "https", ""), hop("192.0.2.2", "http", "")),
        hops("X-Forwarded-For", "192.0.2.1, 192.0.2.2", "X-Forwarded-Proto", "https, http"));
    assertEquals(List.of(hop("", "https", "")), hops("X-Forwarded-Proto", "https"));
    assertEquals(List.of(), hops("Host", "a"));
  }

  @Test
  void believes_neither_where_they_differ() {
    String usual = "X-Forwarded-For";
    assertEquals(List.of(), hops("Forwarded", "for=192.0.2.1", usual, "192.0.2.2"));
    assertEquals(
        List.of(hop("192.0.2.1", "", "")), hops("Forwarded", "for=192.0.2.1", usual, "192.0.2.1"));
  }

  @Test
  void separators_in_quotes_separate_nothing_and_a_quote_without_end_takes_the_rest() {
    assertEquals(
        List.of(hop("192.0.2.1", "http", "")),
        hops("Forwarded", ",, ;;by=\"a;b,c\"; for=192.0.2.1 ;proto=http,,"));
    assertEquals(List.of(hop("", "", "")), hops("Forwarded", "for=\"192.0.2.1, for=192.0.2.2"));
    assertEquals(List.of(), hops("Forwarded", ",".repeat(16_000)));
  }

  @Test
  void a_host_that_would_break_an_address_is_none() {
    assertEquals(List.of(hop("", "", "")), hops("X-Forwarded-Host", "evil.example/path?x=\"<b>\""));
  }
}
