package org.lockex.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Poll;

/** What lockserver's own lockcli.py sends and expects: DIALECTS, section C, its three methods. */
class LockcliWireIT extends WireTest {
  private static final Pattern BOTH =
      Pattern.compile(
          "(?s).*<methodResponse>\\s*<params>\\s*<param>\\s*<value><array><data>"
              + "<value><boolean>([01])</boolean></value>"
              + "<value><(boolean|string)>([^<]*)</\\2></value>"
              + "</data></array></value>\\s*</param>\\s*</params>\\s*</methodResponse>\\s*");

  /** As Python's xmlrpclib writes a call. */
  private List<String> call(String method, String... parameters) throws Exception {
    StringBuilder xml = new StringBuilder("<?xml version='1.0'?>\n<methodCall>\n<methodName>");
    xml.append(method).append("</methodName>\n<params>\n");
    for (String parameter : parameters) {
      xml.append("<param>\n<value>" + parameter + "</value>\n</param>\n");
    }
    xml.append("</params>\n</methodCall>\n");
    HttpResponse<String> answer =
        send(
            "POST", "/RPC2", xml.toString(), "Content-Type", "text/xml", "User-Agent", "xmlrpclib");
    assertEquals(200, answer.statusCode());
    Matcher both = BOTH.matcher(answer.body());
    assertTrue(both.matches(), answer.body());
    return List.of(both.group(1), both.group(3));
  }

  private static String string(String text) {
    return "<string>" + text + "</string>";
  }

  private List<String> query(String lock, String info) throws Exception {
    return call("query_lock", string(lock), info);
  }

  private List<String> get(String lock, String id) throws Exception {
    return call("get_lock", string(lock), string(id));
  }

  private List<String> release(String lock, String id) throws Exception {
    return call("release_lock", string(lock), string(id));
  }

  private String joined(String lock) throws Exception {
    List<String> answer = query(lock, string("i queried a lock from here"));
    assertEquals("1", answer.get(0));
    return answer.get(1);
  }

  @Test
  void a_free_lock_is_granted_at_the_first_look() throws Exception {
    String id = joined("lock10");
    assertEquals(List.of("1", "1"), get("lock10", id));
    assertEquals(List.of("1", "1"), get("lock10", id));
    assertEquals(List.of("1", "1"), release("lock10", id));
    assertEquals(List.of("0", "0"), get("lock10", id));
    assertEquals(List.of("0", "0"), release("lock10", id));
  }

  @Test
  void the_next_one_is_told_to_wait_and_granted_after_the_release() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(joined("pair11"));
    }
    assertEquals(List.of("1", "1"), get("pair11", ids.get(0)));
    assertEquals(List.of("1", "1"), get("pair11", ids.get(1)));
    assertEquals(List.of("1", "0"), get("pair11", ids.get(2)));
    assertEquals(List.of("1", "0"), get("pair11", ids.get(2)));
    assertEquals(List.of("1", "1"), release("pair11", ids.get(0)));
    Poll.until("the third is granted", () -> get("pair11", ids.get(2)).equals(List.of("1", "1")));
    assertEquals(List.of("1", "1"), release("pair11", ids.get(1)));
    assertEquals(List.of("1", "1"), release("pair11", ids.get(2)));
  }

  @Test
  void a_place_in_the_queue_is_released_like_a_lock() throws Exception {
    String holder = joined("lock12");
    assertEquals(List.of("1", "1"), get("lock12", holder));
    String waiter = joined("lock12");
    assertEquals(List.of("1", "1"), release("lock12", waiter));
    assertEquals(List.of("0", "0"), get("lock12", waiter));
    assertEquals(List.of("1", "1"), release("lock12", holder));
  }

  @Test
  void one_that_nobody_asks_for_expires_and_each_look_is_a_sign_of_life() throws Exception {
    String holder = joined("lock13");
    assertEquals(List.of("1", "1"), get("lock13", holder));
    String asked = joined("lock13");
    String silent = joined("lock13");
    // The expiration time of these locks is 3 s: the asked one lives for longer than that.
    Poll.until(
        "the silent one has gone",
        () -> {
          assertEquals("1", get("lock13", asked).get(0));
          return !new Clients.OverXmlRpc(gateway).call("lock.list").contains(silent);
        });
    assertEquals(List.of("0", "0"), get("lock13", silent));
    assertEquals("1", release("lock13", asked).get(0));
  }

  @Test
  void a_grant_whose_time_is_over_is_there_no_more() throws Exception {
    String id = joined("lock14");
    assertEquals(List.of("1", "1"), get("lock14", id));
    Poll.until("its time is over", () -> get("lock14", id).equals(List.of("0", "0")));
    assertEquals(List.of("0", "0"), release("lock14", id));
  }

  @Test
  void a_lock_that_is_not_there_is_no_fault() throws Exception {
    assertEquals(List.of("0", ""), query("none", string("x")));
    assertEquals(List.of("0", "0"), get("none", "x"));
    assertEquals(List.of("0", "0"), release("none", "x"));
    assertEquals(List.of("0", "0"), get("lock15", "x"));
    assertEquals(List.of("0", "0"), get("lock15", "0123456789abcdef0123456789abcdef"));
  }

  @Test
  void any_info_will_do() throws Exception {
    for (String info :
        List.of("<int>5</int>", string(""), string("x".repeat(5000)), "<nil/>", "plain")) {
      List<String> answer = query("lock16", info);
      assertEquals("1", answer.get(0), info);
      assertEquals("1", release("lock16", answer.get(1)).get(0));
    }
  }

  @Test
  void both_kinds_of_methods_speak_of_the_same_tickets() throws Exception {
    String id = joined("lock17");
    Clients.OverXmlRpc waiting = new Clients.OverXmlRpc(gateway);
    assertTrue(waiting.call("lock.wait", "lock17", id, 1.0).contains("granted"));
    assertEquals(List.of("1", "1"), get("lock17", id));
    assertTrue(waiting.call("lock.release", "lock17", id).contains("<boolean>1</boolean>"));
    assertTrue(waiting.call("system.listMethods").contains("<string>get_lock</string>"));
  }

  @Test
  void while_zookeeper_is_away_it_goes_on_asking() throws Exception {
    String id = joined("lock18");
    assertEquals(List.of("1", "1"), get("lock18", id));
    zooKeeper.stop();
    Poll.until("ZooKeeper is away", () -> !gateway.leases.directory().ready());
    assertEquals(List.of("0", ""), query("lock19", string("x")));
    assertEquals(List.of("0", "0"), get("lock18", id));
    assertEquals(List.of("0", "0"), release("lock18", id));
    zooKeeper.restart();
    Poll.until("ZooKeeper is back", gateway.leases.directory()::ready);
    Poll.until("it is released", () -> release("lock18", id).equals(List.of("1", "1")));
  }

  @Override
  TestGateway gateway() throws Exception {
    return new TestGateway(
        zooKeeper.hosts(), java.time.Duration.ofSeconds(1), java.time.Duration.ofSeconds(8));
  }
}
