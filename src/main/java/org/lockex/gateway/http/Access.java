package org.lockex.gateway.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
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
     * Those in a file.
     *
     * @param users with their passwords
     */
    record Users(AdminUsers users) implements Administration {}

    /**
     * {@return reads the option's value: {@code no}, {@code yes}, or a file}
     *
     * @param value the option's value
     * @throws IOException if the file cannot be read
     * @throws AdminUsers.BadLine if it holds something else
     */
    static Administration of(String value) throws IOException, AdminUsers.BadLine {
      return switch (value) {
        case "no" -> new Nobody();
        case "yes" -> new Everybody();
        default -> new Users(AdminUsers.read(Path.of(value)));
      };
    }
  }

  private final PasswordThreads passwordThreads = new PasswordThreads();
  private volatile Administration administration;
  private volatile Optional<byte[]> secret;

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
   * From now on these are the administrators; what was remembered of logins is forgotten.
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
   * Lets a client through that knows the secret, if there is one; others get 401, and a page of
   * another site 403.
   *
   * @param exchange the request
   * @param then runs if it may
   */
  public void client(HttpExchange exchange, Runnable then) {
    if (exchange.isOfAnotherSite()) {
      exchange.refuseOtherSite();
    } else if (mayLock(exchange)) {
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
    Optional<byte[]> expected = secret;
    if (expected.isEmpty()) {
      return true;
    }
    Optional<String> given =
        scheme(exchange, "Bearer ").or(() -> basic(exchange).map(login -> login.password()));
    return given.isPresent()
        && MessageDigest.isEqual(expected.get(), given.get().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Lets an administrator through; others get 401 or 403, or 503 when too many passwords are being
   * checked.
   *
   * @param exchange the request
   * @param then runs if it may; it is told who the administrator is, in words for the log
   */
  public void administrator(HttpExchange exchange, Consumer<String> then) {
    switch (administration) {
      case Administration.Nobody() -> exchange.answer(403);
      case Administration.Everybody() -> then.accept("somebody at " + exchange.client());
      case Administration.Users(AdminUsers users) -> {
        Optional<Login> login = basic(exchange);
        exchange.when(
            login.isEmpty()
                ? CompletableFuture.completedFuture(LoginAnswer.WRONG)
                : check(users, login.get()),
            answer -> {
              switch (answer) {
                case RIGHT -> then.accept(login.orElseThrow() + " at " + exchange.client());
                case WRONG ->
                    exchange
                        .with("WWW-Authenticate", "Basic realm=\"lockexd\", charset=\"UTF-8\"")
                        .answer(401);
                case TOO_MANY -> exchange.unavailable();
              }
            });
      }
    }
  }

  /**
   * {@return whether the client is an administrator, now or later}
   *
   * @param exchange the request
   */
  public CompletableFuture<Boolean> isAdministrator(HttpExchange exchange) {
    return switch (administration) {
      case Administration.Nobody() -> CompletableFuture.completedFuture(false);
      case Administration.Everybody() -> CompletableFuture.completedFuture(true);
      case Administration.Users(AdminUsers users) ->
          basic(exchange)
              .map(login -> check(users, login).thenApply(answer -> answer == LoginAnswer.RIGHT))
              .orElseGet(() -> CompletableFuture.completedFuture(false));
    };
  }

  private enum LoginAnswer {
    RIGHT,
    WRONG,
    TOO_MANY
  }

  private CompletableFuture<LoginAnswer> check(AdminUsers users, Login login) {
    CompletableFuture<LoginAnswer> answer = new CompletableFuture<>();
    if (users.remembers(login)) {
      answer.complete(LoginAnswer.RIGHT);
      return answer;
    }
    boolean taken =
        passwordThreads.take(() -> {
          LoginAnswer is;
          try {
            is =
                users.remembers(login) || users.check(login)
                    ? LoginAnswer.RIGHT
                    : LoginAnswer.WRONG;
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
            return;
          }
          // What follows is none of this thread's work.
          Thread.startVirtualThread(() -> answer.complete(is));
        });
    if (!taken) {
      answer.complete(LoginAnswer.TOO_MANY);
    }
    return answer;
  }

  /** {@return whether there are administrators at all} */
  public boolean administered() {
    return !(administration instanceof Administration.Nobody);
  }

  private static Optional<Login> basic(HttpExchange exchange) {
    return scheme(exchange, "Basic ").flatMap(Login::decoded);
  }

  private static Optional<String> scheme(HttpExchange exchange, String scheme) {
    return exchange
        .header(HttpHeader.AUTHORIZATION)
        .filter(value -> value.regionMatches(true, 0, scheme, 0, scheme.length()))
        .map(value -> value.substring(scheme.length()).trim());
  }
}
