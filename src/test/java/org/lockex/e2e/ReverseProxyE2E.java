package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Programs;
import org.lockex.fixture.TestZooKeeper;

/** Where a lock's address leads and whose limits count, with proxies in front of lockexd. */
class ReverseProxyE2E {
  private static final String TRUST_ALL = "127.0.0.0/8";

  @TempDir Path folder;
  @AutoClose private final TestZooKeeper zooKeeper = new TestZooKeeper();
  private int locks;

  private Lockexd started(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("-z", zooKeeper.hosts()));
    all.addAll(List.of(options));
    return new Lockexd(all.toArray(String[]::new));
  }

  /** Takes a lock with these headers; its address without what is its own, or the status. */
  private String taken(Lockexd lockexd, String... headers) {
    Programs.require("curl");
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "-s",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code} %header{location}",
                "-d",
                "{\"title\":\"t\",\"wait\":0,\"lifetime\":60}"));
    for (String header : headers) {
      command.add("-H");
      command.add(header);
    }
    command.add(lockexd.url("/locks/proxied-" + locks++));
    String answer = Image.start(Map.of(), new byte[0], command).end().out();
    assertTrue(answer.startsWith("201") || !answer.contains("/locks/"), answer);
    return answer.replaceAll("^201 ", "").replaceAll("/locks/proxied-.*", "").strip();
  }

  @Test
  void without_trust_nobody_can_say_who_he_is_or_where_we_are() throws Exception {
    try (Lockexd lockexd = started("--max-grants-per-client", "2")) {
      for (String client : List.of("192.0.2.1", "192.0.2.2")) {
        assertEquals(
            lockexd.url(""),
            taken(
                lockexd,
                "X-Forwarded-For: " + client,
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: evil.example"));
      }
      assertEquals("429", taken(lockexd, "X-Forwarded-For: 192.0.2.3"));
      assertEquals("429", taken(lockexd, "Forwarded: for=192.0.2.3"));
    }
  }

  @Test
  void a_trusted_proxy_tells_where_its_client_is_and_asked() throws Exception {
    try (Lockexd lockexd = started("--trusted-proxy", TRUST_ALL, "--max-grants-per-client", "1")) {
      assertEquals(
          "https://locks.example:8443",
          taken(
              lockexd,
              "X-Forwarded-For: 192.0.2.1",
              "X-Forwarded-Proto: https",
              "X-Forwarded-Host: locks.example:8443"));
      assertEquals(
          "https://locks.example",
          taken(lockexd, "Forwarded: for=192.0.2.2;proto=https;host=locks.example"));
      // The same client, whatever it writes before the proxy's own word.
      assertEquals("429", taken(lockexd, "X-Forwarded-For: 203.0.113.7, 192.0.2.1"));
      assertEquals("429", taken(lockexd, "Forwarded: for=203.0.113.7, for=192.0.2.2"));
      // A second proxy that is trusted, too.
      assertEquals("429", taken(lockexd, "X-Forwarded-For: 192.0.2.1, 127.0.0.9"));
      // Both, and they differ: it counts as the proxy's own.
      assertEquals(
          lockexd.url(""),
          taken(lockexd, "X-Forwarded-For: 192.0.2.8", "Forwarded: for=192.0.2.9"));
      assertEquals("429", taken(lockexd));
      String page = lockexd.send("GET", "/metrics", "").body();
      assertTrue(page.contains("lockexd_refusals_total{limit=\"grants_of_client\"} 4.0"), page);
      assertTrue(page.contains("lockexd_grants 3.0"), page);
    }
  }

  @Test
  void one_that_is_not_trusted_tells_nothing() throws Exception {
    try (Lockexd lockexd = started("--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "::1")) {
      assertEquals(
          lockexd.url(""), taken(lockexd, "Forwarded: for=192.0.2.2;proto=https;host=evil"));
    }
  }

  @Test
  void the_public_url_stands_before_every_address() throws Exception {
    try (Lockexd lockexd =
        started("--public-url", "https://locks.example/under/", "--trusted-proxy", TRUST_ALL)) {
      assertEquals(
          "https://locks.example/under",
          taken(lockexd, "Forwarded: for=192.0.2.2;proto=http;host=other"));
    }
  }

  /** rdlm-py takes the secret in its server's name, and deletes what Location says. */
  @Test
  void rdlm_py_with_a_secret_in_its_servers_name_works_to_the_end() throws Exception {
    Programs.require(Programs.PYTHON_REQUESTS);
    Path secret = folder.resolve("secret");
    Files.writeString(secret, "s3cret\n");
    try (Lockexd lockexd = started("--client-secret-file", secret.toString())) {
      Image.Result result =
          Image.start(
                  Map.of("SERVER", "127.0.0.1:" + lockexd.port),
                  new byte[0],
                  List.of(
                      "/usr/bin/python3",
                      "-c",
                      """
                      import json, os, requests
                      body = json.dumps({"title": "t", "lifetime": 60, "wait": 1})
                      def post(user):
                          return requests.post("http://%s%s/locks/r" % (user, os.environ["SERVER"]), data=body)
                      print(post("").status_code, post("any:wrong@").status_code)
                      taken = post("user:s3cret@")
                      url = taken.headers["Location"]
                      print(taken.status_code, url.startswith("http://" + os.environ["SERVER"]))
                      print(requests.get(url).json()["active"], requests.delete(url).status_code)
                      print(requests.delete(url).status_code)
                      """))
              .end();
      assertEquals("401 401\n201 True\nTrue 204\n404\n", result.out(), result.err());
    }
  }

  @Test
  void bad_addresses_are_one_line_and_64() {
    for (String[] args :
        new String[][] {
          {"--public-url", "locks.example"},
          {"--public-url", "ftp://locks.example"},
          {"--public-url", "https://user@locks.example"},
          {"--public-url", "https://locks.example/?a"},
          {"--trusted-proxy", "proxy.example"},
          {"--trusted-proxy", "10.0.0.0/40"},
          {"--tls-client-ca", "/nowhere"},
          {"--max-grants-per-client", "0"}
        }) {
      Image.Result result =
          Image.start(Map.of(), new byte[0], Image.with(Image.bin("lockexd"), args)).end();
      assertEquals(64, result.code(), String.join(" ", args));
      Image.assertOneLine(result, args[0]);
    }
  }
}
