package org.lockex.lock.session;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** Says why there is no connection: once, after the time was up. */
final class ConnectDiagnosis {
  private static final int PATIENCE_MS = 200;

  private ConnectDiagnosis() {}

  static LockException loginRefused(SessionSettings settings) {
    return new LockException(
        LockException.Kind.NOT_AUTHORISED,
        "cannot log in to ZooKeeper",
        settings.hosts().names(),
        "the server refused the login");
  }

  /** May take a moment, in which it tries to connect itself. */
  static LockException unreachable(HostRotation servers, SessionSettings settings) {
    return new LockException(
        LockException.Kind.UNREACHABLE,
        "cannot reach ZooKeeper",
        settings.hosts().names(),
        reason(servers, settings));
  }

  private static String reason(HostRotation servers, SessionSettings settings) {
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
