package org.lockex.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.fixture.Poll;

/** RDLM on the wire: DIALECTS, section A, row by row. */
class RdlmWireIT extends WireTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void a_grant_is_201_with_location_and_token() throws Exception {
    HttpResponse<String> answer = acquire("grant", 1, 5);
    assertEquals(201, answer.statusCode());
    String url = answer.headers().firstValue("Location").orElseThrow();
    assertTrue(
        url.matches("http://127\\.0\\.0\\.1:" + gateway.port + "/locks/grant/[0-9a-f]{32}"), url);
    assertTrue(Long.parseLong(answer.headers().firstValue("Lockex-Token").orElseThrow()) > 0);
    assertEquals(204, send("DELETE", location(answer), "").statusCode());
  }

  @Test
  void the_location_has_the_host_that_was_asked() throws Exception {
    String answer =
        raw(
            "POST /locks/host HTTP/1.1\r\nHost: locks.example:80\r\nConnection: close\r\n"
                + "Content-Length: 38\r\n\r\n{\"title\":\"\",\"wait\":0,\"lifetime\":  1.5}");
    assertTrue(answer.contains("Location: http://locks.example:80/locks/host/"), answer);
  }

  @Test
  @Tag("timed")
  void not_granted_in_time_is_408_after_that_time() throws Exception {
    HttpResponse<String> held = acquire("busy", 1, 5);
    long start = System.nanoTime();
    assertEquals(408, acquire("busy", 1, 5).statusCode());
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(took >= 990 && took < 2000, took + " ms");
    assertEquals(408, acquire("busy", 0, 5).statusCode());
    assertEquals(204, send("DELETE", location(held), "").statusCode());
    assertEquals(201, acquire("busy", 0, 1).statusCode());
  }

  @Test
  void a_waiting_request_that_is_deleted_is_409() throws Exception {
    HttpResponse<String> held = acquire("deleted", 1, 5);
    var waiting = sending("POST", "/locks/deleted", body(10, 5));
    JsonNode waiter = waiter("deleted");
    assertEquals(false, waiter.path("active").asBoolean());
    assertTrue(
        waiter.path("wait_since").asText().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d.*"));
    assertTrue(waiter.has("wait_expires"));
    String href = waiter.path("_links").path("self").path("href").asText();
    assertEquals(200, send("GET", href, "").statusCode());
    assertEquals(204, send("DELETE", href, "").statusCode());
    assertEquals(409, waiting.get(5, TimeUnit.SECONDS).statusCode());
    assertEquals(204, send("DELETE", location(held), "").statusCode());
  }

  private JsonNode waiter(String resource) throws Exception {
    Poll.until("a waiter", () -> locks(resource).size() == 2);
    return locks(resource).get(1);
  }

  private JsonNode locks(String resource) throws Exception {
    return JSON.readTree(send("GET", "/resources/" + resource, "").body())
        .path("_embedded")
        .path("locks");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " | empty",
        "{ | not JSON",
        "[] | no JSON object",
        "null | no JSON object",
        "{} | title: is missing",
        "{'title':'t','wait':1} | lifetime: is missing",
        "{'title':'t','lifetime':1} | wait: is missing",
        "{'wait':1,'lifetime':1} | title: is missing",
        "{'title':'t','wait':'x','lifetime':1} | wait: is no number",
        "{'title':'t','wait':'1.5','lifetime':1} | wait: is no number",
        "{'title':'t','wait':'','lifetime':1} | wait: is no number",
        "{'title':'t','wait':[],'lifetime':1} | wait: is no number",
        "{'title':'t','wait':1,'lifetime':null} | lifetime: is no number",
        "{'title':'t','wait':NaN,'lifetime':1} | wait: is no number",
        "{'title':'t','wait':-Infinity,'lifetime':1} | wait: is no number",
        "{'title':'t','wait':1e999,'lifetime':1} | wait: more than ten years",
        "{'title':'t','wait':1,'lifetime':'400000000'} | lifetime: more than ten years",
        "{'title':'t','wait':1,'lifetime':99999999999999999999999999999999999999999999} | lifetime: more than ten",
        "{'title':'t','wait':1,'lifetime':1} x | not JSON",
        "{'a':[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]} | nested too deeply",
      })
  void a_bad_body_is_400_and_says_what_is_wrong(String row) throws Exception {
    String[] parts = row.replace('\'', '"').split(" \\| ", -1);
    HttpResponse<String> answer = send("POST", "/locks/bad", parts[0]);
    assertEquals(400, answer.statusCode(), row);
    assertTrue(
        JSON.readTree(answer.body()).path("error").asText().contains(parts[1]), answer.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'5' 5",
        "' 5 ' 5",
        "'+1_0' 10",
        "5.9 5",
        "5e0 5",
        "true 1",
        "-3 0",
        "-0.5 0",
        "'-7' 0",
        "false 0",
        "1e-999999999 0",
        "-1e999999999 0"
      })
  void a_number_is_what_pythons_int_makes_of_it(String row) throws Exception {
    int blank = row.lastIndexOf(' ');
    String value = row.substring(0, blank).replace('\'', '"');
    int seconds = Integer.parseInt(row.substring(blank + 1));
    HttpResponse<String> held =
        send(
            "POST",
            "/locks/number",
            "{\"title\":\"t\",\"wait\":%s,\"lifetime\":%s}".formatted(value, value));
    assertEquals(201, held.statusCode(), held.body());
    JsonNode lease = JSON.readTree(send("GET", location(held), "").body());
    assertEquals(seconds, lease.path("wait").asInt(-1));
    assertEquals(Math.max(1, seconds), lease.path("lifetime").asInt(-1));
    assertEquals(204, send("DELETE", location(held), "").statusCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"'x'", "''", "null", "5", "1.50", "true", "['a',1]", "{'a':{'b':null}}"})
  void a_title_is_any_json_value_and_is_shown_as_it_was_given(String title) throws Exception {
    String value = title.replace('\'', '"');
    HttpResponse<String> held =
        send("POST", "/locks/title", "{\"title\":" + value + ",\"wait\":0,\"lifetime\":5}");
    assertEquals(201, held.statusCode(), held.body());
    String shown = send("GET", location(held), "").body();
    assertEquals(JSON.readTree(value), JSON.readTree(shown).get("title"), shown);
    assertEquals(204, send("DELETE", location(held), "").statusCode());
  }

  @Test
  void a_client_that_is_no_browser_is_welcomed() throws Exception {
    for (String accept : List.of("*/*", "application/json")) {
      HttpResponse<String> answer = send("GET", "/", "", "Accept", accept);
      assertEquals(200, answer.statusCode());
      assertEquals("Welcome on restful-distributed-lock-manager !", answer.body());
    }
    HttpResponse<String> page = send("GET", "/", "", "Accept", "text/html,*/*;q=0.8");
    assertTrue(page.body().startsWith("<!DOCTYPE html>"), page.body());
  }

  @Test
  void a_client_that_sends_no_more_has_gone() throws Exception {
    HttpResponse<String> held = acquire("half", 1, 5);
    try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), gateway.port)) {
      String body = body(30, 5);
      socket
          .getOutputStream()
          .write(
              ("POST /locks/half HTTP/1.1\r\nHost: h\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.US_ASCII));
      waiter("half");
      socket.shutdownOutput();
      Poll.until("the waiter is gone", () -> locks("half").size() == 1);
    }
    assertEquals(204, send("DELETE", location(held), "").statusCode());
  }

  @Test
  void a_lease_shows_what_it_is() throws Exception {
    HttpResponse<String> held = acquire("shown", 2, 5);
    HttpResponse<String> answer = send("GET", location(held), "");
    assertEquals(200, answer.statusCode());
    assertEquals("application/hal+json", answer.headers().firstValue("Content-Type").orElseThrow());
    JsonNode lease = JSON.readTree(answer.body());
    assertTrue(location(held).endsWith(lease.path("uid").asText()));
    assertEquals("who", lease.path("title").asText());
    assertEquals(2, lease.path("wait").asInt());
    assertEquals(5, lease.path("lifetime").asInt());
    assertTrue(lease.path("active").asBoolean());
    String time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d.*";
    assertTrue(lease.path("active_since").asText().matches(time));
    assertTrue(lease.path("active_expires").asText().matches(time));
    assertEquals(location(held), lease.path("_links").path("self").path("href").asText());
    assertEquals(
        "/locks/shown",
        lease.path("_links").path("resource").path("href").asText().replace("resources", "locks"));
    assertEquals(204, send("DELETE", location(held), "").statusCode());
    assertEquals(404, send("GET", location(held), "").statusCode());
  }

  @Test
  void an_expired_lease_is_404() throws Exception {
    HttpResponse<String> held = acquire("expired", 1, 1);
    Poll.until("it is over", () -> send("GET", location(held), "").statusCode() == 404);
    assertEquals(404, send("DELETE", location(held), "").statusCode());
    assertEquals(
        404, send("DELETE", "/locks/expired/0123456789abcdef0123456789abcdef", "").statusCode());
    assertEquals(404, send("DELETE", "/locks/expired/what", "").statusCode());
  }

  @Test
  void administrators_list_and_delete() throws Exception {
    HttpResponse<String> held = acquire("listed", 1, 5);
    var waiting = sending("POST", "/locks/listed", body(10, 5));
    waiter("listed");
    JsonNode all = JSON.readTree(send("GET", "/resources", "").body());
    assertEquals("/resources", all.path("_links").path("self").path("href").asText());
    List<String> names = all.path("_embedded").path("resources").findValuesAsText("name");
    assertTrue(names.contains("listed"), names.toString());
    JsonNode one = JSON.readTree(send("GET", "/resources/listed", "").body());
    assertEquals("listed", one.path("name").asText());
    assertTrue(one.path("_embedded").path("locks").get(0).path("active").asBoolean());
    assertEquals(204, send("DELETE", "/resources/listed", "").statusCode());
    assertEquals(409, waiting.get(5, TimeUnit.SECONDS).statusCode());
    assertEquals(404, send("DELETE", location(held), "").statusCode());
    assertEquals(404, send("DELETE", "/resources/listed", "").statusCode());
    HttpResponse<String> unused = send("GET", "/resources/listed", "");
    assertEquals(200, unused.statusCode());
    assertEquals("listed", JSON.readTree(unused.body()).path("name").asText());
    assertEquals(0, JSON.readTree(unused.body()).path("_embedded").path("locks").size());
    assertTrue(JSON.readTree(unused.body()).path("_embedded").path("locks").isArray());
  }

  @Test
  void a_name_is_any_lock_id_percent_encoded() throws Exception {
    for (String name :
        new String[] {"a-b.c_d~e", "%C3%9Cbersicht", "a%20b", "%25", "a%3Fb%23c", "a:b@c"}) {
      HttpResponse<String> held = acquire(name, 1, 5);
      assertEquals(201, held.statusCode(), name);
      assertTrue(location(held).startsWith("/locks/" + name + "/"), location(held));
      assertEquals(204, send("DELETE", location(held), "").statusCode(), name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/locks/..",
        "/locks/.",
        "/locks/%2e%2e",
        "/locks/a%2Fb",
        "/locks/%00",
        "/locks/%ff",
        "/locks/%",
        "/locks/%zz",
        "/locks/",
        "/locks//x",
        "/locks/a/b/c",
        "/locks/%1f",
        "/locks/../../etc"
      })
  void what_is_no_name_is_400_or_404(String path) throws Exception {
    String answer =
        raw(
            "POST "
                + path
                + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    assertTrue(answer.matches("(?s)HTTP/1.1 40[04] .*"), path + ": " + answer);
  }

  @Test
  void another_method_is_405() throws Exception {
    assertEquals(405, send("GET", "/locks/x", "").statusCode());
    assertEquals(405, send("PUT", "/locks/x/0123456789abcdef0123456789abcdef", "").statusCode());
    assertEquals(405, send("POST", "/resources", "").statusCode());
  }

  @Test
  void another_size_in_use_is_422() throws Exception {
    String ticket =
        Clients.OverXmlRpc.string(new Clients.OverXmlRpc(gateway).call("lock.query", "pair1", "d"));
    assertEquals(422, acquire("pair1", 1, 5).statusCode());
    new Clients.OverXmlRpc(gateway).call("lock.release", "pair1", ticket);
    HttpResponse<String> held = acquire("pair1", 1, 5);
    assertEquals(201, held.statusCode());
    assertTrue(
        new Clients.OverXmlRpc(gateway).call("lock.query", "pair1", "d").contains("<fault>"));
    assertEquals(204, send("DELETE", location(held), "").statusCode());
    assertTrue(
        new Clients.OverXmlRpc(gateway).call("lock.query", "pair1", "d").contains("<string>"));
  }

  @Test
  @Tag("timed")
  void a_client_that_hangs_up_leaves_the_queue_at_once() throws Exception {
    HttpResponse<String> held = acquire("hangup", 1, 5);
    try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), gateway.port)) {
      String body = body(30, 5);
      socket
          .getOutputStream()
          .write(
              ("POST /locks/hangup HTTP/1.1\r\nHost: h\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.US_ASCII));
      waiter("hangup");
    }
    long start = System.nanoTime();
    Poll.until("the waiter is gone", () -> locks("hangup").size() == 1);
    assertTrue(System.nanoTime() - start < 1_000_000_000L);
    assertEquals(204, send("DELETE", location(held), "").statusCode());
  }

  @Test
  void without_zookeeper_503_with_retry_after_and_grants_stay() throws Exception {
    HttpResponse<String> held = acquire("away", 1, 60);
    zooKeeper.stop();
    Poll.until("ZooKeeper is away", () -> !gateway.leases.directory().ready());
    for (HttpResponse<String> answer :
        List.of(
            acquire("away", 1, 5),
            send("GET", location(held), ""),
            send("DELETE", location(held), ""))) {
      assertEquals(503, answer.statusCode());
      assertTrue(answer.headers().firstValue("Retry-After").isPresent());
    }
    assertEquals("", raw("GET /LOCK/away/me\n\n"));
    assertTrue(
        new Clients.OverXmlRpc(gateway).call("lock.query", "lock1", "d").contains("<fault>"));
    zooKeeper.restart();
    Poll.until("ZooKeeper is back", gateway.leases.directory()::ready);
    assertEquals(200, send("GET", location(held), "").statusCode());
    assertEquals(408, acquire("away", 1, 5).statusCode());
    assertEquals(204, send("DELETE", location(held), "").statusCode());
  }
}
