package org.lockex.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Poll;

/** lockserver on the wire: DIALECTS, section C, row by row. */
class XmlRpcWireIT extends WireTest {

  private String call(String method, Object... parameters) throws Exception {
    return new Clients.OverXmlRpc(gateway).call(method, parameters);
  }

  private String query(String lock) throws Exception {
    return Clients.OverXmlRpc.string(
        call("lock.query", lock, "text <&amp;> about me".replace("<", "&lt;")));
  }

  private String await(String lock, String ticket, double seconds) throws Exception {
    return Clients.OverXmlRpc.string(call("lock.wait", lock, ticket, seconds));
  }

  @Test
  void a_lock_counts_its_holders() throws Exception {
    List<String> tickets = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      tickets.add(query("pair3"));
    }
    assertEquals("granted", await("pair3", tickets.get(0), 1));
    assertEquals("granted", await("pair3", tickets.get(1), 1));
    assertEquals("waiting", await("pair3", tickets.get(2), 0.2));
    String list = call("lock.list");
    assertTrue(list.contains("text &lt;&amp;&gt; about me"), list);
    assertTrue(call("lock.release", "pair3", tickets.get(0)).contains("<boolean>1</boolean>"));
    assertEquals("granted", await("pair3", tickets.get(2), 1));
    assertEquals("granted", await("pair3", tickets.get(2), 1));
    for (int i = 1; i < 3; i++) {
      assertTrue(call("lock.release", "pair3", tickets.get(i)).contains("<boolean>1</boolean>"));
    }
    assertTrue(call("lock.release", "pair3", tickets.get(2)).contains("<boolean>0</boolean>"));
    assertEquals("expired", await("pair3", tickets.get(2), 0));
  }

  @Test
  @Tag("timed")
  void a_turn_that_nobody_picks_up_goes_to_the_next() throws Exception {
    String sleepy = query("lock2");
    String next = query("lock2");
    long start = System.nanoTime();
    assertEquals("granted", await("lock2", next, 4));
    long took = (System.nanoTime() - start) / 1_000_000;
    assertTrue(took > 1000 && took < 3500, took + " ms");
    assertEquals("expired", await("lock2", sleepy, 0));
    call("lock.release", "lock2", next);
  }

  @Test
  void a_query_that_nobody_uses_expires() throws Exception {
    String holder = query("lock3");
    assertEquals("granted", await("lock3", holder, 1));
    String unused = query("lock3");
    Poll.until(
        "the query has expired",
        () ->
            await("lock3", unused + "x", 0).equals("expired")
                && call("lock.info", "lock3", unused).contains("expired"));
    call("lock.release", "lock3", holder);
  }

  @Test
  void the_state_has_a_token_and_an_end() throws Exception {
    String ticket = query("lock4");
    assertTrue(call("lock.info", "lock4", ticket).contains("<string>waiting</string>"));
    await("lock4", ticket, 1);
    String info = call("lock.info", "lock4", ticket);
    assertTrue(info.contains("<name>token</name><value><string>"), info);
    assertTrue(info.contains("<name>expires</name>"), info);
    call("lock.release", "lock4", ticket);
  }

  @Test
  void methods_describe_themselves() throws Exception {
    String methods = call("system.listMethods");
    for (String method :
        List.of(
            "lock.query",
            "lock.wait",
            "lock.release",
            "lock.list",
            "lock.info",
            "system.listMethods",
            "system.methodHelp",
            "system.methodSignature")) {
      assertTrue(methods.contains("<string>" + method + "</string>"), method);
      assertTrue(call("system.methodHelp", method).contains("<string>"));
      assertTrue(call("system.methodSignature", method).contains("<array>"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "<methodCall/>",
        "<methodCall><methodName>lock.list</methodName>",
        "<methodCall><methodName>none</methodName></methodCall>",
        "<methodCall><methodName>lock.query</methodName></methodCall>",
        "<methodCall><methodName>lock.query</methodName><params><param><value><int>1</int></value></param>"
            + "<param><value>x</value></param></params></methodCall>",
        "<methodCall><methodName>lock.query</methodName><params><param><value>none</value></param>"
            + "<param><value>x</value></param></params></methodCall>",
        "<methodCall><methodName>lock.wait</methodName><params><param><value>lock5</value></param>"
            + "<param><value>x</value></param><param><value><double>NaN</double></value></param></params></methodCall>",
        "<methodCall><methodName>lock.wait</methodName><params><param><value>lock5</value></param>"
            + "<param><value>x</value></param><param><value><double>-1</double></value></param></params></methodCall>",
        "<!DOCTYPE x [<!ENTITY a \"b\">]><methodCall><methodName>&a;</methodName></methodCall>",
        "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><methodCall><methodName>&a;</methodName></methodCall>",
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]>"
            + "<methodCall><methodName>lock.query</methodName><params><param><value>&c;</value></param></params></methodCall>",
        "<methodCall><methodName>lock.list</methodName><params><param><value><array><data><value><array><data>"
            + "<value><array><data><value><array><data><value><array><data><value><array><data><value><array><data>"
            + "<value><array><data><value><array><data><value><array><data><value><array><data><value><array><data>",
      })
  void what_is_no_call_is_a_fault_with_code_and_sentence(String body) throws Exception {
    HttpResponse<String> answer = send("POST", "/RPC2", body, "Content-Type", "text/xml");
    assertEquals(200, answer.statusCode());
    assertTrue(answer.headers().firstValue("Content-Type").orElseThrow().startsWith("text/xml"));
    assertTrue(answer.body().contains("<name>faultCode</name><value><int>"), answer.body());
    assertTrue(answer.body().contains("<name>faultString</name><value><string>"), answer.body());
    assertTrue(!answer.body().contains("root:"), answer.body());
  }

  @Test
  void only_post_speaks_xml_rpc() throws Exception {
    assertEquals(405, send("GET", "/RPC2", "").statusCode());
  }
}
