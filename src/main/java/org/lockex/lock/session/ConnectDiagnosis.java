package org.lockex.lock.session;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** Finds a word for why no server answered, once, after the time was up. */
final class ConnectDiagnosis {
  private static final int PATIENCE_MS = 200;

  private ConnectDiagnosis() {}

  static String of(HostRotation servers, SessionSettings settings) {
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
