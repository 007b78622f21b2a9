package org.lockex.lock.session;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import org.lockex.security.Connectors;
import org.lockex.security.SaslConnector;
import org.lockex.security.SaslFailure;
import org.lockex.security.TlsConnector;
import org.lockex.security.TlsFailure;

/** Says why there is no connection: once, after the time was up. */
final class ConnectDiagnosis {
  private ConnectDiagnosis() {}

  /** May ask Kerberos for the reason. */
  static LockException loginRefused(
      HostRotation servers, SessionSettings settings, Connectors connectors) {
    return login(LockException.Kind.NOT_AUTHORISED, settings, connectors.refusal(servers.last()));
  }

  private static LockException login(
      LockException.Kind kind, SessionSettings settings, String why) {
    return new LockException(kind, "cannot log in to ZooKeeper", settings.hosts().names(), why);
  }

  /** Reads the files of TLS: no wait would mend a mistake in them. */
  static void requireUsable(Connectors connectors, SessionSettings settings) throws LockException {
    if (connectors.tls().isEmpty()) {
      return;
    }
    try {
      connectors.tls().get().prepare();
    } catch (IOException | GeneralSecurityException e) {
      throw unusable(settings, e);
    }
  }

  private static LockException unusable(SessionSettings settings, Exception why) {
    String reason =
        why instanceof NoSuchFileException missing
            ? missing.getFile() + ": no such file"
            : why instanceof AccessDeniedException denied
                ? denied.getFile() + ": permission denied"
                : String.valueOf(why.getMessage());
    return new LockException(
        LockException.Kind.NO_TLS,
        "cannot speak TLS with ZooKeeper",
        settings.hosts().names(),
        reason);
  }

  /** May take some seconds, in which it asks the servers itself. */
  static LockException unreachable(SessionSettings settings, Connectors connectors)
      throws InterruptedException {
    Optional<SaslConnector> sasl = connectors.sasl();
    if (sasl.isPresent() && sasl.get().failure().isPresent()) {
      SaslFailure failure = sasl.get().failure().get();
      return login(
          failure.mayPass() ? LockException.Kind.NO_LOGIN : LockException.Kind.NOT_AUTHORISED,
          settings,
          failure.why());
    }
    if (sasl.isPresent() && sasl.get().isAsking()) {
      return login(
          LockException.Kind.NO_LOGIN,
          settings,
          "no server of Kerberos (KDC) answered within "
              + settings.connectTimeout().toMillis()
              + " ms");
    }
    Optional<TlsConnector> tls = connectors.tls();
    Optional<TlsFailure> failure = tls.flatMap(TlsConnector::failure);
    if (failure.isPresent()) {
      return new LockException(
          failure.get().refused() ? LockException.Kind.NOT_AUTHORISED : LockException.Kind.NO_TLS,
          "cannot speak TLS with ZooKeeper",
          settings.hosts().names(),
          failure.get().why());
    }
    return new LockException(
        LockException.Kind.UNREACHABLE,
        "cannot reach ZooKeeper",
        settings.hosts().names(),
        SilenceReason.of(settings.hosts(), tls.isPresent(), settings.connectTimeout().toMillis()));
  }
}
