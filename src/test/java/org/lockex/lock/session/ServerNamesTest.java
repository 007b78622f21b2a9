package org.lockex.lock.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Poll;

class ServerNamesTest {
  private final Map<String, String> zone = new ConcurrentHashMap<>();
  private final CountDownLatch end = new CountDownLatch(1);

  /** The name server answers what the zone has, and nothing at all for {@code silent}. */
  private InetAddress[] look(String host) throws UnknownHostException {
    if (zone.getOrDefault(host, "").equals("silent")) {
      try {
        end.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    String address = zone.get(host);
    if (address == null) {
      throw new UnknownHostException(host);
    }
    return new InetAddress[] {InetAddress.ofLiteral(address)};
  }

  @AfterEach
  void answerAll() {
    zone.replaceAll((host, address) -> address.equals("silent") ? "192.0.2.9" : address);
    end.countDown();
  }

  private ServerNames names(String hosts) {
    return new ServerNames(Hosts.parse(hosts).servers(), this::look);
  }

  private static String text(ServerNames names) {
    return names.addresses().stream()
        .map(address -> address.getAddress().getHostAddress() + ":" + address.getPort())
        .collect(Collectors.joining(" "));
  }

  @Test
  void a_name_without_an_answer_does_not_hold_up_the_others() {
    zone.putAll(Map.of("a", "silent", "b", "192.0.2.2", "192.0.2.3", "192.0.2.3"));
    assertEquals("192.0.2.2:2181 192.0.2.3:2182", text(names("a,b,192.0.2.3:2182")));
  }

  @Test
  void all_are_tried_where_all_are_known() {
    zone.putAll(Map.of("a", "192.0.2.1", "b", "192.0.2.2"));
    assertEquals("192.0.2.1:1 192.0.2.2:2", text(names("a:1,b:2")));
  }

  @Test
  void what_was_known_last_is_used_while_the_name_server_is_silent_or_knows_it_no_more() {
    for (String hosts : List.of("a", "a,b")) {
      zone.putAll(Map.of("a", "192.0.2.1", "b", "192.0.2.2"));
      ServerNames names = names(hosts);
      String before = text(names);
      zone.clear();
      assertEquals(before, text(names));
      zone.putAll(Map.of("a", "silent", "b", "silent"));
      assertEquals(before, text(names));
      zone.clear();
    }
  }

  @Test
  void an_address_that_moved_is_found() {
    zone.put("a", "192.0.2.1");
    ServerNames names = names("a");
    assertEquals("192.0.2.1:2181", text(names));
    zone.put("a", "192.0.2.7");
    Poll.until("it is found", () -> text(names).equals("192.0.2.7:2181"));
  }

  @Test
  void a_name_that_does_not_exist_has_no_address() {
    assertEquals("", text(names("a")));
    assertEquals("", text(names("a,b")));
  }

  @Test
  void an_address_keeps_the_name_by_which_it_was_asked_for() {
    for (String server : List.of("127.0.0.1:2181", "[::1]:2181", "[fe80::1%1]:2181")) {
      String host = server.replaceAll("[\\[\\]]|:2181$", "");
      zone.put(host, host);
      InetSocketAddress address = names(server).addresses().getFirst();
      assertEquals(host, address.getHostName());
      assertEquals(host, address.getHostString());
      assertEquals(InetAddress.ofLiteral(host), address.getAddress());
      assertEquals(
          InetAddress.ofLiteral(host).getHostAddress(), address.getAddress().getHostAddress());
    }
  }
}
