package org.lockex.lock.session;

import java.util.Locale;
import org.apache.zookeeper.KeeperException;
import org.lockex.ExitCode;

/**
 * A lock could not be taken or kept because something is broken; a lock that is merely busy is a
 * value, not an exception. The message is ready to print: {@code <what> on <what>: <why>}.
 */
public final class LockException extends Exception {
  private static final long serialVersionUID = 1;

  /** What is broken, as far as a caller's exit code tells it apart. */
  public enum Kind {
    /** ZooKeeper was not reached in time (exit 69). */
    UNREACHABLE,
    /** There is no TLS connection that we may trust (exit 69). */
    NO_TLS,
    /** Nobody answered who could say who we are: a server of Kerberos (exit 69). */
    NO_LOGIN,
    /** The server is older than what we need of it (exit 69). */
    TOO_OLD,
    /** A quota that an administrator set is used up (exit 77). */
    QUOTA,
    /** ZooKeeper answered something unexpected (exit 70). */
    INTERNAL,
    /** The access control list of a node, or the server's login, refused us (exit 77). */
    NOT_AUTHORISED,
    /** The lock is held or waited for with another concurrency (exit 78). */
    OTHER_CONCURRENCY
  }

  private final Kind kind;

  /**
   * A failure that no other exception explains.
   *
   * @param kind which exit code it deserves
   * @param what was tried, for example {@code cannot take the lock}
   * @param on the object of it
   * @param why it failed
   */
  public LockException(Kind kind, String what, String on, String why) {
    super(what + " on " + on + ": " + why);
    this.kind = kind;
  }

  /**
   * A failure with what was thrown.
   *
   * @param kind which exit code it deserves
   * @param what was tried, for example {@code cannot take the lock}
   * @param on the object of it
   * @param why it failed
   * @param cause what was thrown
   */
  public LockException(Kind kind, String what, String on, String why, Throwable cause) {
    super(what + " on " + on + ": " + why, cause);
    this.kind = kind;
  }

  /**
   * What ZooKeeper threw at a reader of the tree.
   *
   * @param what was tried
   * @param on the object of it
   * @param e what was thrown
   * @return NOT_AUTHORISED, UNREACHABLE, TOO_OLD, QUOTA or INTERNAL
   */
  public static LockException of(String what, String on, KeeperException e) {
    return switch (e.code()) {
      case NOAUTH, AUTHFAILED, INVALIDACL, SESSIONCLOSEDREQUIRESASLAUTH ->
          new LockException(Kind.NOT_AUTHORISED, what, on, refusal(e.code()), e);
      case CONNECTIONLOSS, SESSIONEXPIRED, OPERATIONTIMEOUT ->
          new LockException(Kind.UNREACHABLE, what, on, "the connection to ZooKeeper broke", e);
      case UNIMPLEMENTED -> new LockException(Kind.TOO_OLD, what, on, words(e), e);
      case QUOTAEXCEEDED -> new LockException(Kind.QUOTA, what, on, words(e), e);
      default -> new LockException(Kind.INTERNAL, what, on, words(e), e);
    };
  }

  /**
   * One clause for a server that does not want us.
   *
   * @param code what it answered
   * @return why not
   */
  public static String refusal(KeeperException.Code code) {
    return switch (code) {
      case AUTHFAILED -> "ZooKeeper refused our login";
      case SESSIONCLOSEDREQUIRESASLAUTH ->
          "the server wants a login by SASL (--zk-auth sasl:FILE or kerberos:PRINCIPAL)";
      case INVALIDACL -> "ZooKeeper does not take the access list (--zk-acl)";
      default -> "ZooKeeper does not authorise us";
    };
  }

  /** The server's answer without the words of its library: {@code ZooKeeper answered no node}. */
  static String words(KeeperException e) {
    if (e.code() == KeeperException.Code.UNIMPLEMENTED) {
      return ServerAge.NEEDS_3_5;
    }
    if (e.code() == KeeperException.Code.QUOTAEXCEEDED) {
      return "ZooKeeper's quota is exceeded" + (e.getPath() == null ? "" : " for " + e.getPath());
    }
    String words =
        switch (e.code()) {
          case NONODE -> "no node";
          case NODEEXISTS -> "node exists";
          case NOTEMPTY -> "not empty";
          case NOTREADONLY -> "read only";
          default -> e.code().name().toLowerCase(Locale.ROOT);
        };
    return "ZooKeeper answered " + words + (e.getPath() == null ? "" : " for " + e.getPath());
  }

  /** {@return what is broken} */
  public Kind kind() {
    return kind;
  }

  /** {@return what the programs exit with because of it} */
  public ExitCode exitCode() {
    return switch (kind) {
      case UNREACHABLE, NO_TLS, NO_LOGIN, TOO_OLD -> ExitCode.UNREACHABLE;
      case INTERNAL -> ExitCode.INTERNAL;
      case NOT_AUTHORISED, QUOTA -> ExitCode.NOT_AUTHORISED;
      case OTHER_CONCURRENCY -> ExitCode.OTHER_CONCURRENCY;
    };
  }
}
