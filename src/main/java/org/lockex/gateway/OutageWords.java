package org.lockex.gateway;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.zookeeper.KeeperException.Code;
import org.lockex.lock.session.Hosts;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.SilenceReason;

/**
 * Why ZooKeeper is not there for a lockexd: what it said, or what the client noticed, or what its
 * servers say when they are asked one by one.
 *
 * @param hosts the servers
 * @param root the parent of all locks
 * @param tls whether TLS is spoken with them
 * @param noticed what the client noticed
 */
record OutageWords(Hosts hosts, String root, boolean tls, Supplier<Optional<String>> noticed)
    implements Availability.OutageDiagnosis {
  private static final int PATIENCE_MS = 500;

  @Override
  public String why(Optional<Code> refusal, boolean silent) {
    return refusal.isPresent()
        ? refused(refusal.get())
        : "cannot reach ZooKeeper on "
            + hosts.names()
            + ": "
            + (silent
                ? "it is connected, but does not answer"
                : noticed.get().orElseGet(this::asked));
  }

  /** Whether that means that we lack rights. */
  static boolean isOfRights(Code code) {
    return code == Code.NOAUTH || code == Code.INVALIDACL || code == Code.AUTHFAILED;
  }

  private String refused(Code code) {
    if (isOfRights(code)) {
      return "cannot use the lock path " + root + ": " + LockException.refusal(code);
    }
    return "cannot use ZooKeeper on "
        + hosts.names()
        + ": "
        + switch (code) {
          case UNIMPLEMENTED -> "the server is too old, 3.6 or later is needed";
          case SESSIONCLOSEDREQUIRESASLAUTH -> "the server wants a login by SASL (--zk-auth)";
          case QUOTAEXCEEDED -> "the quota of " + root + " is exceeded";
          default -> "it answered " + code.name().toLowerCase(Locale.ROOT) + " for " + root;
        };
  }

  private String asked() {
    try {
      return SilenceReason.of(hosts, tls, PATIENCE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "nobody was asked why";
    }
  }
}
