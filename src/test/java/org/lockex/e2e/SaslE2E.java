package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Kdc;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Ports;

/** Logins to Debian's ZooKeeper by SASL: a password, and Kerberos with MIT's server. */
class SaslE2E {
  private static final Duration START = Duration.ofSeconds(60);

  /** Of a ticket that is to be over soon. */
  private static final Duration SHORT = Duration.ofSeconds(25);

  private static final Duration LONG = Duration.ofDays(1);
  private static final String USERS =
      "org.apache.zookeeper.server.auth.DigestLoginModule required"
          + " user_me=\"secret\" user_other=\"guess\"";

  @TempDir static Path folder;

  private static DebianZooKeeper passwords;
  private static Kdc kdc;
  private static Path service;
  private static DebianZooKeeper kerberos;

  @BeforeAll
  static void start() throws IOException {
    passwords = DebianZooKeeper.withSasl(2000, jaas("passwords", USERS));
    kdc = new Kdc(folder);
    service = kdc.keytab("zookeeper/localhost", LONG);
    kerberos = withKerberos();
    login("me", "me:secret");
    login("other", "other:guess");
    login("wrong", "me:guess");
  }

  private static DebianZooKeeper withKerberos() throws IOException {
    return DebianZooKeeper.withSasl(
        2000,
        jaas(
            "kerberos",
            "com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true"
                + " principal=\"zookeeper/localhost\" keyTab=\"%s\"".formatted(service)),
        "java.security.krb5.conf=" + kdc.configuration());
  }

  @AfterAll
  static void stop() {
    passwords.close();
    kerberos.close();
    kdc.close();
  }

  private static Path jaas(String name, String module) throws IOException {
    return Files.writeString(folder.resolve(name + ".jaas"), "Server { " + module + "; };\n");
  }

  private static Path login(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static String byPassword(String file) {
    return "sasl:" + folder.resolve(file);
  }

  private static Image.Running start(
      String program, DebianZooKeeper server, String login, String... args) {
    return start(program, server, Map.of("LOCKEX_ZK_AUTH", login), args);
  }

  private static Image.Running start(
      String program, DebianZooKeeper server, Map<String, String> variables, String... args) {
    Map<String, String> environment = new HashMap<>();
    environment.put("ZKHOSTS", server.hosts().replace("127.0.0.1", "localhost"));
    environment.put("LOCKEX_ZK_ACL", "creator");
    environment.put("KRB5_CONFIG", kdc.configuration().toString());
    environment.put("KRB5CCNAME", folder.resolve("no-cache").toString());
    environment.put("LANG", "C");
    environment.putAll(variables);
    return Image.start(environment, new byte[0], Image.with(Image.bin(program), args));
  }

  private static void assertRefused(int code, Image.Running run, String... words) {
    Image.Result result = run.end();
    assertEquals(code, result.code(), result.err());
    Image.assertOneLine(result, "lockex: cannot log in to ZooKeeper on localhost:");
    Image.assertOneLine(result, words);
  }

  @Test
  void a_password_gives_an_identity_of_which_others_are_shut_out() {
    String me = byPassword("me");
    String other = byPassword("other");
    Image.Result result = start("lockex", passwords, me, "-p", "mine", "--", "echo", "ran").end();
    assertEquals("ran\n", result.out(), result.err());
    assertEquals("", result.err());
    Image.Result ping = start("lockexctl", passwords, me, "ping", "-p", "mine").end();
    assertEquals(0, ping.code(), ping.err());
    assertTrue(ping.out().contains("we are sasl:me"), ping.out());
    assertTrue(ping.out().contains("access list of /mine: sasl:me:cdrwa"), ping.out());
    Image.Result shut = start("lockex", passwords, other, "-p", "mine", "--", "true").end();
    assertEquals(77, shut.code(), shut.err());
    Image.assertOneLine(shut, "lockex: ", "ZooKeeper does not authorise us");
  }

  @Test
  void each_thing_that_is_wrong_with_a_login_has_its_line() throws IOException {
    Path keytab = kdc.keytab("app/host", LONG);
    String withKeytab = "kerberos:app/host:" + keytab;
    Image.Running wrong = start("lockex", passwords, byPassword("wrong"), "--", "true");
    Image.Running stranger = start("lockex", passwords, withKeytab, "--", "true");
    Image.Running ticketless = start("lockex", kerberos, "kerberos:app/host", "--", "true");
    Image.Running keyless = start("lockex", kerberos, "kerberos:nobody:" + keytab, "--", "true");
    Path silent =
        Files.writeString(
            folder.resolve("silent.conf"),
            Files.readString(kdc.configuration())
                .replaceFirst("kdc = 127.*", "kdc = 127.0.0.1:" + Ports.free()));
    assertRefused(
        69,
        start(
            "lockex",
            kerberos,
            Map.of("LOCKEX_ZK_AUTH", withKeytab, "KRB5_CONFIG", silent.toString()),
            "-T",
            "3s",
            "--",
            "true"),
        "no server of Kerberos (KDC) answers");
    assertRefused(77, wrong, "refused user me");
    assertRefused(77, stranger, "server refused app/host");
    assertRefused(77, ticketless, "no ticket of app/host");
    assertRefused(77, keyless, keytab + ": has no key of nobody");
  }

  @Test
  void a_server_that_wants_a_login_says_so_where_there_is_none() {
    Map<String, String> nobody = Map.of("LOCKEX_ZK_ACL", "open");
    Image.Result run = start("lockex", passwords, nobody, "--", "true").end();
    assertEquals(77, run.code(), run.err());
    Image.assertOneLine(run, "lockex: ", "the server wants a login by SASL", "--zk-auth");
    Image.Result list = start("lockexctl", passwords, nobody, "ls").end();
    assertEquals(77, list.code(), list.err());
    Image.assertOneLine(list, "lockexctl: ", "the server wants a login by SASL", "--zk-auth");
  }

  @Test
  void lockexd_logs_in() throws Exception {
    int port = Ports.free();
    Image.Running gateway =
        start("lockexd", passwords, byPassword("me"), "-p", "gate", "-l", "127.0.0.1:" + port);
    try {
      Poll.until("it is ready", START, () -> ready(port));
    } finally {
      gateway.signal("TERM");
    }
    assertFalse(gateway.end().err().contains("WARN"));
  }

  private static boolean ready(int port) {
    try {
      URI uri = URI.create("http://127.0.0.1:" + port + "/readyz");
      HttpRequest request = HttpRequest.newBuilder(uri).build();
      return Lockexd.HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Two holders whose tickets are over when the connection breaks: one has a keytab, and for the
   * other somebody calls kinit(1). Only who is connected hears of the request to end.
   */
  @Test
  void tickets_are_asked_for_and_read_again_at_every_connection() throws Exception {
    Path robot = kdc.keytab("robot", SHORT);
    Path person = kdc.keytab("person", SHORT);
    Path cache = folder.resolve("cache");
    kdc.ticket(person, "person", cache);
    long fetched = System.nanoTime();
    try (DebianZooKeeper own = withKerberos()) {
      Image.Running byKeytab = holder(own, "robot:" + robot, cache, "one");
      Image.Running byCache = holder(own, "person", cache, "two");
      Map<String, String> robotAgain = new HashMap<>();
      robotAgain.put("LOCKEX_ZK_AUTH", "kerberos:robot:" + robot);
      robotAgain.put("LOCKEX_ZK_ACL", "open");
      for (String lock : List.of("one", "two")) {
        Poll.until("it holds", START, () -> shown(own, robotAgain, lock).contains("sleep 200"));
      }
      Poll.until(
          "the tickets are over",
          Duration.ofMinutes(1),
          () -> System.nanoTime() - fetched > SHORT.plusSeconds(10).toNanos());
      kdc.ticket(person, "person", cache);
      own.kill();
      own.restart();
      for (String lock : List.of("one", "two")) {
        Image.Result asked =
            start("lockexctl", own, robotAgain, "break", "-p", "short", "--yes", lock).end();
        assertEquals(0, asked.code(), asked.err());
      }
      assertAsked(byKeytab.end());
      assertAsked(byCache.end());
    }
  }

  /** Who has no connection any more ends with the same code. */
  private static void assertAsked(Image.Result holder) {
    assertEquals(76, holder.code(), holder.err());
    assertTrue(holder.err().contains("asked for it"), holder.err());
  }

  private static String shown(DebianZooKeeper server, Map<String, String> login, String lock) {
    return start("lockexctl", server, login, "show", "-p", "short", lock).end().out();
  }

  private static Image.Running holder(DebianZooKeeper server, String login, Path cache, String id) {
    return start(
        "lockex",
        server,
        Map.of(
            "LOCKEX_ZK_AUTH",
            "kerberos:" + login,
            "LOCKEX_ZK_ACL",
            "open",
            "KRB5CCNAME",
            cache.toString()),
        "--session-timeout",
        "40s",
        "-p",
        "short",
        "-i",
        id,
        "--",
        "sleep",
        "200");
  }

  /**
   * The password is another one, here and there, when the connection is made anew. Who still shows
   * the old one is refused: a holder loses the lock, and a waiter says why it waits no longer.
   */
  @Test
  void a_password_that_was_changed_is_read_at_the_next_connection() throws Exception {
    Path changed = login("changed", "me:secret");
    Path old = login("old", "other:guess");
    Path jaas = jaas("changing", USERS);
    try (DebianZooKeeper own = DebianZooKeeper.withSasl(1000, jaas)) {
      Map<String, String> me = Map.of("LOCKEX_ZK_AUTH", "sasl:" + changed, "LOCKEX_ZK_ACL", "open");
      Map<String, String> other = Map.of("LOCKEX_ZK_AUTH", "sasl:" + old, "LOCKEX_ZK_ACL", "open");
      String[] holds = {
        "--session-timeout", "20s", "-p", "short", "-i", "one", "--", "sleep", "99"
      };
      Image.Running holder = start("lockex", own, me, holds);
      Poll.until("it holds", START, () -> shown(own, me, "one").contains("sleep 99"));
      Image.Running waiter = start("lockex", own, other, holds);
      Poll.until("it waits", START, () -> shown(own, me, "one").contains("waits"));
      own.kill();
      jaas("changing", USERS.replace("secret", "new").replace("guess", "new"));
      login("changed", "me:new");
      own.restart();
      Image.Result refused = waiter.end();
      assertEquals(77, refused.code(), refused.err());
      Image.assertOneLine(refused, "lockex: ", "ZooKeeper refused our login");
      Image.Result asked =
          start("lockexctl", own, me, "break", "-p", "short", "--yes", "one").end();
      assertEquals(0, asked.code(), asked.err());
      assertAsked(holder.end());
    }
  }
}
