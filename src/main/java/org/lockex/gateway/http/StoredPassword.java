package org.lockex.gateway.http;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A password as it stands in the file of the administrators. */
sealed interface StoredPassword {
  /** In plain text. */
  record Plain(String text) implements StoredPassword {}

  /**
   * Its bcrypt hash.
   *
   * @param hash all of it, with its version and its cost
   * @param cost that a check takes 2^cost rounds
   */
  record Bcrypt(String hash, int cost) implements StoredPassword {}

  /**
   * What is written behind a user's name.
   *
   * @throws IllegalArgumentException if it is neither; the message says what it is
   */
  static StoredPassword of(String written) {
    if (written.isEmpty()) {
      throw new IllegalArgumentException("has no password");
    }
    Matcher bcrypt = Forms.BCRYPT.matcher(written);
    if (bcrypt.matches()) {
      int cost = Integer.parseInt(bcrypt.group(1));
      if (cost < Forms.LEAST_COST || cost > Forms.MOST_COST) {
        throw new IllegalArgumentException("has a bcrypt hash of a cost that is not 4 to 17");
      }
      return new Bcrypt(written, cost);
    }
    if (written.startsWith("$2")) {
      throw new IllegalArgumentException("has no whole bcrypt hash");
    }
    if (written.startsWith("$") || written.startsWith("{")) {
      throw new IllegalArgumentException(
          "has a hash that is not bcrypt; htpasswd -B writes one that is");
    }
    return new Plain(written);
  }

  /** What hashes look like. */
  final class Forms {
    /** As htpasswd -B, OpenBSD and most libraries write it. */
    private static final Pattern BCRYPT =
        Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{53}");

    /** The least and the most that htpasswd -C takes. More would take a thread for minutes. */
    private static final int LEAST_COST = 4;

    private static final int MOST_COST = 17;

    /** A hash of that cost, of nothing that anybody has. */
    static byte[] ofNobody(int cost) {
      String hash =
          "$2b$%02d$CwTycUXWue0Thq9StjUM0uJ8jHjzjTGyBrVfHJMkvLJvZ0s6nQ5bK".formatted(cost);
      return hash.getBytes(StandardCharsets.US_ASCII);
    }

    private Forms() {}
  }
}
