package org.lockex.inspect;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import org.lockex.lock.session.Hosts;
import org.lockex.security.TlsConnector;
import org.lockex.security.TlsFiles;
import org.lockex.znode.JsonWriter;

/**
 * What one server says of itself.
 *
 * @param server which
 * @param role leader, follower, observer, standalone or read-only; empty if it does not tell
 * @param version of ZooKeeper; empty if it does not tell
 * @param took from the first packet to the answer; empty without one
 * @param trouble what is wrong; empty if nothing is
 */
record ServerAnswer(
    Hosts.Server server,
    Optional<String> role,
    Optional<String> version,
    Optional<Duration> took,
    Optional<String> trouble) {
  private static final int PATIENCE_MS = 2000;
  private static final String ROLE = "Mode: ";
  private static final String VERSION = "Zookeeper version: ";

  /**
   * Asks with {@code srvr}, the one four letter word that servers answer unless told otherwise
   * (4lw.commands.whitelist).
   *
   * @param tls what TLS is spoken with; empty: plain TCP
   */
  static ServerAnswer of(Hosts.Server server, Optional<TlsFiles> tls) {
    long start = System.nanoTime();
    InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
    if (address.isUnresolved()) {
      return without(server, "the name does not resolve");
    }
    try (Socket raw = new Socket()) {
      raw.connect(address, PATIENCE_MS);
      raw.setSoTimeout(PATIENCE_MS);
      Socket socket = tls.isPresent() ? new TlsConnector(tls.get()).secure(raw, address) : raw;
      socket.getOutputStream().write("srvr".getBytes(US_ASCII));
      String text = new String(socket.getInputStream().readAllBytes(), UTF_8);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      Optional<String> trouble = Optional.empty();
      if (text.contains("not currently serving")) {
        trouble = Optional.of("does not serve: it has no quorum");
      } else if (text.contains("not in the whitelist")) {
        trouble = Optional.of("does not tell its role: srvr is not in its 4lw.commands.whitelist");
      } else if (version(text).isEmpty()) {
        trouble = Optional.of("answers, but not as ZooKeeper does");
      }
      return new ServerAnswer(server, role(text), version(text), Optional.of(took), trouble);
    } catch (IOException | GeneralSecurityException e) {
      return without(server, String.valueOf(e.getMessage()));
    }
  }

  private static ServerAnswer without(Hosts.Server server, String trouble) {
    return new ServerAnswer(
        server, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(trouble));
  }

  static Optional<String> role(String text) {
    return after(text, ROLE);
  }

  /** Without the build that follows it. */
  static Optional<String> version(String text) {
    return after(text, VERSION).map(words -> words.split("[-,]", 2)[0].strip());
  }

  private static Optional<String> after(String text, String label) {
    return text.lines()
        .filter(line -> line.startsWith(label))
        .findFirst()
        .map(line -> line.substring(label.length()).strip());
  }

  /** One line for people. */
  String words() {
    StringBuilder words = new StringBuilder(server.toString()).append(": ");
    role.ifPresent(is -> words.append(is).append(", "));
    version.ifPresent(is -> words.append("ZooKeeper ").append(is).append(", "));
    took.filter(time -> version.isPresent())
        .ifPresent(time -> words.append("answers in ").append(Ping.millis(time)).append(", "));
    trouble.ifPresent(is -> words.append(is).append(", "));
    return words.substring(0, words.length() - 2);
  }

  JsonWriter json() {
    JsonWriter line = new JsonWriter().text("server", server.toString());
    role.ifPresent(is -> line.text("role", is));
    version.ifPresent(is -> line.text("version", is));
    took.ifPresent(time -> line.number("micros", time.toNanos() / 1000));
    trouble.ifPresent(is -> line.text("trouble", is));
    return line;
  }
}
