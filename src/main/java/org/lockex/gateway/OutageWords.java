package org.lockex.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.zookeeper.KeeperException.Code;
import org.lockex.lock.session.Hosts;
import org.lockex.security.TlsProbe;

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
  private static final String NO_QUORUM = "the servers have no quorum";

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
      return "cannot use the lock path " + root + ": ZooKeeper does not authorise us";
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

  /** Of several servers, one that answers tells more than one that does not. */
  private String asked() {
    String said = "";
    for (Hosts.Server server : hosts.servers()) {
      String answer = ask(server);
      if (said.isEmpty() || answer.equals(NO_QUORUM)) {
        said = answer;
      }
    }
    return said;
  }

  private String ask(Hosts.Server server) {
    InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
    if (address.isUnresolved()) {
      return "host name " + server.host() + " does not resolve";
    }
    try (Socket socket = new Socket()) {
      socket.connect(address, PATIENCE_MS);
      if (tls) {
        return "no session within its time";
      }
      socket.setSoTimeout(PATIENCE_MS);
      socket.getOutputStream().write("srvr".getBytes(US_ASCII));
      String text = new String(socket.getInputStream().readAllBytes(), US_ASCII);
      if (text.contains("not currently serving")) {
        return NO_QUORUM;
      } else if (text.contains("Zookeeper version") || text.contains("whitelist")) {
        return "it answers, but there is no session yet";
      }
    } catch (ConnectException e) {
      return "connection refused";
    } catch (SocketTimeoutException e) {
      return "no answer within " + PATIENCE_MS + " ms";
    } catch (IOException e) {
      // It has closed the connection: not as ZooKeeper does.
    }
    return !tls && TlsProbe.speaksTls(address)
        ? "the server speaks TLS on port " + server.port() + ": give --zk-tls"
        : "something listens on port " + server.port() + " but does not answer as ZooKeeper";
  }
}
