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
        "a:1,b:2/app | a:1,b:2 | /app",
        "a:1/app,b:2/app | a:1,b:2 | /app",
        "a:1/app/,b:2/app | a:1,b:2 | /app",
        "a:1/,b:2/ | a:1,b:2 | ''",
        "a:1/,b:2 | a:1,b:2 | ''",
        "' a:1 , b:2 /app ' | a:1,b:2 | /app",
        "a:1,b:2, | a:1,b:2 | ''",
        "'a:1,b:2\n' | a:1,b:2 | ''",
        "'a:1,\n b:2,\n' | a:1,b:2 | ''",
        "a,b:2 | a:2181,b:2 | ''",
        "a/app | a:2181 | /app",
        "[::1]/app | [::1]:2181 | /app",
        "[::1],b | [::1]:2181,b:2181 | ''",
      })
  void takes_what_the_python_lockex_took_and_a_chroot_behind_each_server(
      String text, String servers, String chroot) {
    Hosts hosts = Hosts.parse(text.replace("\\n", "\n"));
    assertEquals(servers, hosts.names());
    assertEquals(chroot, hosts.chroot());
  }

  @Test
  void servers_in_another_order_are_the_same_lock() {
    Hosts one = Hosts.parse("zk1:2181/app,zk2:2181/app");
    Hosts other = Hosts.parse("zk2:2181/app,zk1:2181/app");
    assertEquals(one.chroot(), other.chroot());
    assertEquals(2, one.servers().size());
    assertTrue(other.servers().containsAll(one.servers()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a:1/x,b:2/y | \"a:1/x\" and \"b:2/y\" have different chroots",
        "a:1/x,b:2 | \"a:1/x\" and \"b:2\" have different chroots",
        "a:1/x,b:2,c:3/x | \"b:2\" and \"c:3/x\" have different chroots",
        "a:1,b:2/x,c:3 | \"b:2/x\" and \"c:3\" have different chroots",
        "zk://a:1/x | \"zk://a:1/x\" is a URL, expected host:port,host:port[/chroot]",
        "http://a:1,b:2 | \"http://a:1,b:2\" is a URL",
      })
  void what_may_be_another_lock_is_refused(String text, String message) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Hosts.parse(text));
    assertTrue(String.valueOf(e.getMessage()).startsWith(message), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | no ZooKeeper host",
        "/x | no ZooKeeper host",
        "a: | bad port \"\" in \"a:\"",
        "a:0 | bad port \"0\" in \"a:0\"",
        "a:70000 | bad port \"70000\" in \"a:70000\"",
        "a:99999999999999999999 | bad port",
        "a:-1 | bad port \"-1\"",
        "a:x | bad port \"x\" in \"a:x\"",
        ":2181 | no host in \":2181\"",
        "a:1,,b:2 | no ZooKeeper host",
        "', ,' | no ZooKeeper host",
        ",a:1 | no ZooKeeper host",
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
