package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Authority;
import org.lockex.fixture.Poll;

/** A login by SASL inside TLS, to Debian's ZooKeeper. */
class SaslOverTlsE2E {
  @TempDir static Path folder;

  private static Authority authority;
  private static DebianZooKeeper server;

  @BeforeAll
  static void start() throws IOException {
    authority = new Authority(folder, "authority");
    Path jaas =
        Files.writeString(
            folder.resolve("jaas"),
            "Server { org.apache.zookeeper.server.auth.DigestLoginModule required"
                + " user_me=\"secret\"; };\n");
    server =
        DebianZooKeeper.withSaslOverTls(
            authority.sign("zk", "IP:127.0.0.1"), authority.certificate(), jaas);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Image.Running start(String program, String user, String... args)
      throws IOException {
    Path login = Files.writeString(folder.resolve(user.replace(':', '-')), user + "\n");
    Files.setPosixFilePermissions(login, PosixFilePermissions.fromString("rw-------"));
    return Image.start(
        Map.of(
            "ZKHOSTS",
            server.tlsHosts(),
            "LOCKEX_ZK_CACERT",
            authority.certificate().toString(),
            "LOCKEX_ZK_AUTH",
            "sasl:" + login,
            "LOCKEX_ZK_ACL",
            "creator"),
        new byte[0],
        Image.with(Image.bin(program), args));
  }

  @Test
  void who_logs_in_over_tls_is_known_and_stays_so_at_the_next_connection() throws Exception {
    Image.Running holder =
        start("lockex", "me:secret", "--session-timeout", "40s", "-i", "one", "--", "sleep", "99");
    Poll.until(
        "it holds",
        Duration.ofMinutes(1),
        () -> start("lockexctl", "me:secret", "show", "one").end().out().contains("sleep 99"));
    server.kill();
    server.restart();
    assertEquals(0, start("lockexctl", "me:secret", "break", "one", "--yes").end().code());
    Image.Result result = holder.end();
    assertEquals(76, result.code(), result.err());
    assertTrue(result.err().contains("asked for it"), result.err());
    Image.Result ping = start("lockexctl", "me:secret", "ping").end();
    assertEquals("", ping.err());
    assertTrue(ping.out().contains("TLSv1.3, the certificate of CN=zk"), ping.out());
    assertTrue(ping.out().contains("we are sasl:me"), ping.out());
    assertTrue(ping.out().contains("access list of /lockex: sasl:me:cdrwa"), ping.out());
  }

  @Test
  void a_wrong_password_is_told_and_not_shown() throws IOException {
    Image.Result refused = start("lockex", "me:guess", "--", "true").end();
    assertEquals(77, refused.code(), refused.err());
    Image.assertOneLine(refused, "lockex: cannot log in to ZooKeeper", "refused user me");
    assertTrue(!refused.err().contains("guess"), refused.err());
  }
}
