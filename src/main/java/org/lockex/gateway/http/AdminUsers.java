package org.lockex.gateway.http;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;

/**
 * The users of one reading of the administrators' file. Every check that fails, and the first one
 * that does not, takes the same work, whoever the user is said to be; for a minute after that the
 * same login takes none. A file that is read again makes new users, which remember nothing.
 */
public final class AdminUsers {
  /** What a file must not hold; the message names the file and the line. */
  public static final class BadLine extends Exception {
    private static final long serialVersionUID = 1;

    BadLine(Path file, int number, String what) {
      super(file + ":" + number + ": " + what);
    }
  }

  /** More bytes of a password bcrypt does not look at, so they are wrong. */
  private static final int MOST_BYTES = 72;

  private final Map<String, StoredPassword> users;
  private final BiPredicate<byte[], byte[]> bcrypt;
  private final CheckedLogins checked;

  /** The highest cost in the file; 0 where no password is hashed. */
  private final int mostCost;

  /**
   * These users.
   *
   * @param bcrypt whether the first is the password whose hash the second is
   * @param clock nanoseconds that only grow
   */
  AdminUsers(
      Map<String, StoredPassword> users, BiPredicate<byte[], byte[]> bcrypt, LongSupplier clock) {
    this.users = Map.copyOf(users);
    this.bcrypt = bcrypt;
    this.checked = new CheckedLogins(clock);
    int most = 0;
    for (StoredPassword password : users.values()) {
      most = Math.max(most, password instanceof StoredPassword.Bcrypt hashed ? hashed.cost() : 0);
    }
    mostCost = most;
  }

  /**
   * {@return the users in a file: lines {@code user:password}, the password in plain text or its
   * bcrypt hash; empty lines and those that begin with # tell nothing}
   *
   * @param file the file
   * @throws IOException if it cannot be read
   * @throws BadLine if a line is none of these
   */
  public static AdminUsers read(Path file) throws IOException, BadLine {
    return new AdminUsers(
        users(file, Files.readAllLines(file)),
        (password, hash) -> BCrypt.verifyer(null, null).verify(password, hash).verified,
        System::nanoTime);
  }

  /** The users in the lines of a file. */
  static Map<String, StoredPassword> users(Path file, List<String> lines) throws BadLine {
    Map<String, StoredPassword> users = new HashMap<>();
    int number = 0;
    for (String line : lines) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new BadLine(file, number, "not user:password");
      }
      String user = line.substring(0, colon);
      try {
        if (users.put(user, StoredPassword.of(line.substring(colon + 1))) != null) {
          throw new BadLine(file, number, "user " + user + " stands there twice");
        }
      } catch (IllegalArgumentException e) {
        throw new BadLine(file, number, "user " + user + " " + e.getMessage());
      }
    }
    return users;
  }

  /** Whether this login was right a short time ago. Takes no work. */
  boolean remembers(Login login) {
    return checked.remember(login);
  }

  /** Whether the login is right. May take a tenth of a second of a processor, or many. */
  boolean check(Login login) {
    boolean right = isRight(login);
    if (right) {
      checked.add(login);
    }
    return right;
  }

  private boolean isRight(Login login) {
    byte[] password = login.password().getBytes(StandardCharsets.UTF_8);
    byte[] bounded = Arrays.copyOf(password, Math.min(password.length, MOST_BYTES));
    StoredPassword known = users.get(login.user());
    if (known instanceof StoredPassword.Bcrypt(String hash, int cost)) {
      boolean same = bcrypt.test(bounded, hash.getBytes(StandardCharsets.US_ASCII));
      // Costs c, c, c + 1, ... up to the most but one add up to the most.
      for (int more = cost; more < mostCost; more++) {
        var _ = bcrypt.test(bounded, StoredPassword.Forms.ofNobody(more));
      }
      return same && password.length <= MOST_BYTES;
    }
    if (mostCost > 0) {
      var _ = bcrypt.test(bounded, StoredPassword.Forms.ofNobody(mostCost));
    }
    String text = known instanceof StoredPassword.Plain(String plain) ? plain : "";
    // Of the same length whatever they are made of; no password is empty.
    return MessageDigest.isEqual(checked.mac(login), checked.mac(new Login(login.user(), text)))
        && known != null;
  }
}
