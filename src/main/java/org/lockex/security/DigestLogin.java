package org.lockex.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** A user and a password for ZooKeeper's digest scheme. Its text never tells the password. */
public final class DigestLogin {
  private final Optional<Path> file;
  private final byte[] secret;

  private DigestLogin(Optional<Path> file, byte[] secret) {
    this.file = file;
    this.secret = secret;
  }

  /**
   * One that never changes.
   *
   * @param login {@code user:password}
   * @return it
   */
  public static DigestLogin of(String login) {
    return new DigestLogin(Optional.empty(), login.getBytes(UTF_8));
  }

  /**
   * One that is read again for every connection.
   *
   * @param file holds {@code user:password}, and is not readable by the world
   * @return as it is now
   * @throws IOException if it cannot be used
   */
  public static DigestLogin in(Path file) throws IOException {
    return new DigestLogin(Optional.of(file), read(file));
  }

  private static byte[] read(Path file) throws IOException {
    String login = new String(SecretFile.read(file), UTF_8).strip();
    int colon = login.indexOf(':');
    if (colon < 1 || colon == login.length() - 1 || login.indexOf('\n') >= 0) {
      throw new FileSystemException(file.toString(), null, "does not hold one user:password");
    }
    return login.getBytes(UTF_8);
  }

  /** {@return what ZooKeeper is shown, as it was when this was made} */
  public byte[] secret() {
    return secret.clone();
  }

  /**
   * Reads the file again.
   *
   * @return as it is now
   * @throws IOException if it cannot be used any more
   */
  public DigestLogin again() throws IOException {
    return file.isPresent() ? in(file.get()) : this;
  }

  /**
   * Whether another shows ZooKeeper the same.
   *
   * @param other to compare with
   * @return whether it does
   */
  public boolean isSame(DigestLogin other) {
    return Arrays.equals(secret, other.secret);
  }

  /** {@return the name before the colon} */
  public String user() {
    String login = new String(secret, UTF_8);
    return login.substring(0, Math.max(0, login.indexOf(':')));
  }

  @Override
  public String toString() {
    return "digest:" + file.map(Path::toString).orElse(user());
  }
}
