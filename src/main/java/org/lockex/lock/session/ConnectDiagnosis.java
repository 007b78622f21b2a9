package org.lockex.lock.session;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import org.lockex.security.Connectors;
import org.lockex.security.SaslConnector;
import org.lockex.security.SaslFailure;
import org.lockex.security.TlsConnector;
import org.lockex.security.TlsFailure;
import org.lockex.security.TlsProbe;

/** Says why there is no connection: once, after the time was up. */
final class ConnectDiagnosis {
  private static final int PATIENCE_MS = 200;

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

  /** May take a moment, in which it tries to connect itself. */
  static LockException unreachable(
      HostRotation servers, SessionSettings settings, Connectors connectors) {
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
        reason(servers, settings, tls.isPresent()));
  }

  private static String reason(HostRotation servers, SessionSettings settings, boolean tls) {
    String name = servers.unresolved();
    if (name != null) {
      return "host name " + name + " does not resolve";
    }
    InetSocketAddress last = servers.last();
    if (last == null) {
      return "the host name did not resolve in time";
    }
    try (Socket socket = new Socket()) {
      socket.connect(last, PATIENCE_MS);
      if (!tls && TlsProbe.speaksTls(last)) {
        return "the server speaks TLS on port " + last.getPort() + ": give --zk-tls";
      }
      return "something listens on port " + last.getPort() + " but does not answer as ZooKeeper";
    } catch (ConnectException e) {
      return "connection refused";
    } catch (SocketTimeoutException e) {
      return "no answer within " + settings.connectTimeout().toMillis() + " ms";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
