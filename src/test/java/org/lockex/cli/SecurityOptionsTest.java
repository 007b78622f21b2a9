package org.lockex.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.cli.lockex.LockexCommand;
import org.lockex.cli.lockex.LockexOptions;
import org.lockex.security.NodeAcl;

/** Who we are for ZooKeeper, from the command line and the environment. */
class SecurityOptionsTest {
  @TempDir Path folder;
  private Path login;
  private Path pem;

  @BeforeEach
  void files() throws IOException {
    login = file("login", "me:secret\n", "rw-r-----");
    pem = file("pem", "text", "rw-------");
  }

  private Path file(String name, String text, String permissions) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private static Connection read(Map<String, String> environment, String... options)
      throws UsageException {
    List<String> words = new ArrayList<>(List.of(options));
    words.add("true");
    ProgramRequest<LockexOptions> request =
        LockexCommand.read(
            words.stream().map(word -> word.getBytes(UTF_8)).toList(),
            name -> Optional.ofNullable(environment.get(name)));
    return assertInstanceOf(ProgramRequest.Run.class, request).options()
            instanceof LockexOptions read
        ? read.connection()
        : fail();
  }

  private static void assertRefused(String why, String... options) {
    assertRefused(why, Map.of(), options);
  }

  private static void assertRefused(
      String why, Map<String, String> environment, String... options) {
    UsageException e = assertThrows(UsageException.class, () -> read(environment, options));
    assertEquals(why, e.getMessage());
  }

  @Test
  void nothing_is_asked_for_by_default() throws UsageException {
    Connection connection = read(Map.of());
    assertFalse(connection.security().hasIdentity());
    assertTrue(connection.security().tls().isEmpty());
    assertEquals(NodeAcl.OPEN, connection.security().acl());
    assertEquals(List.of(), connection.warnings());
  }

  @Test
  void each_file_implies_tls() throws UsageException {
    assertEquals(
        Optional.of(pem),
        read(Map.of(), "--zk-cacert", pem + "").security().tls().get().authorities());
    assertEquals(
        Optional.of(pem),
        read(Map.of(), "--zk-cert", pem + "", "--zk-key", pem + "", "--zk-acl", "open")
            .security()
            .tls()
            .get()
            .key());
    assertTrue(read(Map.of("LOCKEX_ZK_CACERT", pem + "")).security().tls().isPresent());
  }

  @Test
  void the_environment_turns_tls_on_and_off() throws UsageException {
    assertTrue(read(Map.of("LOCKEX_ZK_TLS", "1")).security().tls().isPresent());
    assertTrue(
        read(Map.of("LOCKEX_ZK_TLS", "0", "LOCKEX_ZK_CACERT", pem + ""))
            .security()
            .tls()
            .isEmpty());
    assertTrue(read(Map.of("LOCKEX_ZK_TLS", "0"), "--zk-tls").security().tls().isPresent());
    assertRefused("LOCKEX_ZK_TLS: 1 or 0: yes", Map.of("LOCKEX_ZK_TLS", "yes"));
    assertRefused(
        "--zk-cacert: LOCKEX_ZK_TLS says no TLS",
        Map.of("LOCKEX_ZK_TLS", "0"),
        "--zk-cacert",
        pem + "");
  }

  @Test
  void an_identity_needs_a_word_on_who_may_use_our_nodes() throws UsageException {
    assertRefused(
        "--zk-acl: say who may use our nodes: creator shuts out whoever has another identity, open"
            + " nobody",
        "--zk-auth",
        "digest:" + login);
    Connection connection = read(Map.of(), "--zk-auth", "digest:" + login, "--zk-acl", "creator");
    assertEquals("me", connection.security().login().get().user());
    assertEquals(NodeAcl.CREATOR.entries(), connection.security().acl().entries());
    assertRefused(
        "--zk-acl: creator needs an identity: --zk-auth or --zk-cert", "--zk-acl", "creator");
  }

  @Test
  void a_password_in_the_clear_is_warned_of_and_nowhere_told() throws UsageException {
    Map<String, String> environment =
        Map.of("LOCKEX_ZK_AUTH", "digest:" + login, "LOCKEX_ZK_ACL", "creator\nworld:anyone:r\n");
    Connection plain = read(environment);
    assertEquals(
        List.of("log in on ZooKeeper: without TLS (--zk-tls) the password is sent in the clear"),
        plain.warnings());
    assertFalse(plain.toString().contains("secret"), plain::toString);
    assertEquals(2, plain.security().acl().entries().size());
    assertEquals(List.of(), read(environment, "--zk-tls").warnings());
    assertEquals(
        List.of("auth::cdrwa", "world:anyone:r"),
        read(environment, "--zk-acl", "creator", "--zk-acl", "world:anyone:r")
            .security()
            .acl()
            .entries()
            .stream()
            .map(NodeAcl::text)
            .toList());
    String forms = "--zk-auth: expected digest:FILE, sasl:FILE or kerberos:PRINCIPAL[:KEYTAB]";
    assertRefused(forms, "--zk-auth", "me:secret");
    assertRefused(forms, "--zk-auth", "sasl:");
    assertRefused("--zk-auth: expected kerberos:PRINCIPAL[:KEYTAB]", "--zk-auth", "kerberos:me:");
  }

  @Test
  void secrets_that_everybody_may_read_and_files_that_hold_none_are_refused() throws IOException {
    Path open = file("open", "me:secret", "rw-r--r--");
    assertRefused(
        "--zk-auth: " + open + ": everybody may read or write it (chmod o-rwx)",
        "--zk-auth",
        "digest:" + open);
    Path empty = file("empty", "\n", "rw-------");
    assertRefused(
        "--zk-auth: " + empty + ": does not hold one user:password",
        "--zk-auth",
        "digest:" + empty);
    assertRefused("--zk-cert and --zk-key need each other", "--zk-cert", pem + "");
  }

  @Test
  void an_empty_file_name_is_told_as_what_it_is() throws UsageException {
    assertRefused("--zk-cacert: names no file", "--zk-cacert", "");
    assertRefused("--zk-cert: names no file", "--zk-cert", "", "--zk-key", pem + "");
    assertRefused(
        "--zk-key: names no file", "--zk-cert", pem + "", "--zk-key", "", "--zk-acl", "open");
    assertRefused(
        "--zk-auth: expected digest:FILE, sasl:FILE or kerberos:PRINCIPAL[:KEYTAB]",
        "--zk-auth",
        "digest:");
    // As with ZKHOSTS, a variable that is empty is none.
    assertTrue(read(Map.of("LOCKEX_ZK_CACERT", "")).security().tls().isEmpty());
  }

  @Test
  void servers_of_this_machine_have_a_secret_of_their_own() throws UsageException {
    assertRefused("--local and --zk-tls exclude each other", "--local", "--zk-tls");
    assertRefused(
        "--embedded and --zk-acl exclude each other", "--embedded", "d", "--zk-acl", "open");
    assertTrue(read(Map.of("LOCKEX_ZK_TLS", "1"), "--local").security().tls().isEmpty());
  }
}
