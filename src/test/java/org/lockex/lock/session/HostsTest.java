package org.lockex.lock.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostsTest {

  @Test
  void reads_servers_and_chroot() {
    assertEquals(
        new Hosts(List.of(new Hosts.Server("a", 2181), new Hosts.Server("10.0.0.1", 1)), "/x/y"),
        Hosts.parse("a:2181,10.0.0.1:1/x/y"));
    assertEquals("", Hosts.parse("a:2181").chroot());
    assertEquals("", Hosts.parse("a:2181/").chroot());
    assertEquals("/x", Hosts.parse("a:65535/x/").chroot());
  }

  @Test
  void reads_an_ipv6_address_in_brackets_and_writes_it_so() {
    Hosts hosts = Hosts.parse("[::1]:2181,b:2/c");
    assertEquals(new Hosts.Server("::1", 2181), hosts.servers().get(0));
    assertEquals("[::1]:2181,b:2", hosts.names());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | no ZooKeeper host given",
        "/x | no ZooKeeper host given",
        "a | no port in \"a\"",
        "a: | no port in \"a:\"",
        "[::1] | no port in \"[::1]\"",
        "a:0 | bad port \"0\" in \"a:0\"",
        "a:70000 | bad port \"70000\" in \"a:70000\"",
        "a:99999999999999999999 | bad port",
        "a:-1 | bad port \"-1\"",
        "a:x | bad port \"x\" in \"a:x\"",
        ":2181 | no host in \":2181\"",
        "a:1,,b:2 | an empty entry",
        "a:1, | an empty entry",
        ",a:1 | an empty entry",
        "::1:2181 | too many colons in \"::1:2181\"",
        "[a]:1 | no IPv6 address in \"[a]:1\"",
        "a b:1 | no host name in \"a b:1\"",
        "a:1//x | an element of the chroot must not be empty",
        "a:1/x/../y | an element of the chroot must not be \"..\"",
      })
  void names_the_part_that_is_malformed(String text, String message) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Hosts.parse(text));
    assertTrue(String.valueOf(e.getMessage()).startsWith(message), e.getMessage());
  }
}
