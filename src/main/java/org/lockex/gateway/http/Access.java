package org.lockex.gateway.http;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Who may do what: clients with the secret, if there is one, take and free locks; administrators
 * see and delete everything. Comparisons take the same time for right and wrong.
 */
public final class Access {
  /** Whether administrators exist, and which. */
  public sealed interface Administration {
    /** Nobody may (403). */
    record Nobody() implements Administration {}

    /** Everybody may. */
    record Everybody() implements Administration {}

    /**
     * Those in a file of {@code user:password} lines, where the password may be a bcrypt hash.
     *
     * @param passwords by user; a password or its bcrypt hash
     */
    record Users(Map<String, String> passwords) implements Administration {}

    /**
     * {@return reads the option's value: {@code no}, {@code yes}, or a file}
     *
     * @param value the option's value
     * @throws IOException if the file cannot be read
     */
    static Administration of(String value) throws IOException {
      return switch (value) {
        case "no" -> new Nobody();
        case "yes" -> new Everybody();
        default -> new Users(users(Path.of(value)));
      };
    }

    private static Map<String, String> users(Path file) throws IOException {
      Map<String, String> users = new HashMap<>();
      for (String line : Files.readAllLines(file)) {
        int colon = line.indexOf(':');
        if (colon > 0 && !line.startsWith("#")) {
          users.put(line.substring(0, colon), line.substring(colon + 1));
        }
      }
      return Map.copyOf(users);
    }
  }

  /** A hash of nothing that anybody has: an unknown user takes as long as a known one. */
  private static final String NOBODY =
      "$2b$10$CwTycUXWue0Thq9StjUM0uJ8jHjzjTGyBrVfHJMkvLJvZ0s6nQ5bK";

  private volatile Administration administration;
  private volatile Optional<byte[]> secret;
  private final ExecutorService checks = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Access by these rules.
   *
   * @param administration whether administrators exist, and which
   * @param secret what clients must know that take and free locks
   */
  public Access(Administration administration, Optional<String> secret) {
    this.administration = administration;
    this.secret = bytes(secret);
  }

  private static Optional<byte[]> bytes(Optional<String> secret) {
    return secret.map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * From now on these are the administrators.
   *
   * @param now whether they exist, and which
   */
  public void administrators(Administration now) {
    administration = now;
  }

  /**
   * From now on clients must know this.
   *
   * @param now the secret; empty if there is none
   */
  public void secret(Optional<String> now) {
    secret = bytes(now);
  }

  /**
   * Lets a client through that knows the secret, if there is one; others get 401.
   *
   * @param exchange the request
   * @param then runs if it may
   */
  public void client(HttpExchange exchange, Runnable then) {
    if (mayLock(exchange)) {
      then.run();
    } else {
      exchange.with("WWW-Authenticate", "Bearer realm=\"lockexd\"").answer(401);
    }
  }

  /** {@return whether a client that cannot show a secret takes and frees locks} */
  public boolean needsNoSecret() {
    return secret.isEmpty();
  }

  /**
   * {@return whether the client knows the secret: as a bearer token (RFC 6750), or as a Basic
   * password}
   *
   * @param exchange the request
   */
  private boolean mayLock(HttpExchange exchange) {
    Optional<byte[]> known = secret;
    if (known.isEmpty()) {
      return true;
    }
    byte[] expected = known.get();
    Optional<String> given =
        scheme(exchange, "Bearer ").or(() -> basic(exchange).map(login -> login.password()));
    return given.isPresent()
        && MessageDigest.isEqual(expected, given.get().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Lets an administrator through; others get 401 or 403.
   *
   * @param exchange the request
   * @param then runs if it may
   */
  public void administrator(HttpExchange exchange, Runnable then) {
    switch (administration) {
      case Administration.Nobody() -> exchange.answer(403);
      case Administration.Everybody() -> then.run();
      case Administration.Users(Map<String, String> passwords) ->
          checks.execute(() -> {
            if (basic(exchange).filter(login -> right(passwords, login)).isPresent()) {
              then.run();
            } else {
              exchange
                  .with("WWW-Authenticate", "Basic realm=\"lockexd\", charset=\"UTF-8\"")
                  .answer(401);
            }
          });
    }
  }

  /** {@return whether there are administrators at all} */
  public boolean administered() {
    return !(administration instanceof Administration.Nobody);
  }

  private static boolean right(Map<String, String> passwords, Login login) {
    String known = passwords.getOrDefault(login.user(), NOBODY);
    if (known.startsWith("$2")) {
      byte[] password = login.password().getBytes(StandardCharsets.UTF_8);
      return password.length <= 72
          && BCrypt.verifyer(null, null)
              .verify(password, known.getBytes(StandardCharsets.US_ASCII))
              .verified;
    }
    return MessageDigest.isEqual(
        known.getBytes(StandardCharsets.UTF_8), login.password().getBytes(StandardCharsets.UTF_8));
  }

  private record Login(String user, String password) {}

  private static Optional<Login> basic(HttpExchange exchange) {
    return scheme(exchange, "Basic ").flatMap(Access::login);
  }

  private static Optional<Login> login(String encoded) {
    try {
      String text = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      return colon < 0
          ? Optional.empty()
          : Optional.of(new Login(text.substring(0, colon), text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> scheme(HttpExchange exchange, String scheme) {
    return exchange
        .header(HttpHeader.AUTHORIZATION)
        .filter(value -> value.regionMatches(true, 0, scheme, 0, scheme.length()))
        .map(value -> value.substring(scheme.length()).trim());
  }
}
