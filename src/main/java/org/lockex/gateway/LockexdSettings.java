package org.lockex.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.lockex.cli.Connection;
import org.lockex.cli.FileWords;
import org.lockex.cli.UsageException;
import org.lockex.cli.lockexd.Listen;
import org.lockex.cli.lockexd.LockexdOptions;
import org.lockex.cli.lockexd.LockexdOptions.Limits;
import org.lockex.gateway.async.ZooKeeperSettings;
import org.lockex.gateway.dialect.LockserverConfiguration;
import org.lockex.gateway.http.Access;
import org.lockex.gateway.http.PemFiles;
import org.lockex.gateway.http.RequestLimits;
import org.lockex.gateway.lease.LeaseLimits;
import org.lockex.local.ServerLocation;

/** What the options and the files they name mean to each room of the gateway. */
final class LockexdSettings {
  private static final InetSocketAddress DEFAULT =
      InetSocketAddress.createUnresolved("127.0.0.1", 8888);

  private LockexdSettings() {}

  /** Where the locks are, and how to speak to the servers there. */
  static ZooKeeperSettings zooKeeper(Connection connection, ServerLocation servers) {
    return new ZooKeeperSettings(
        servers.hosts().names(),
        servers.hosts().chroot() + connection.root().path(),
        connection.sessionTimeout(),
        servers.security());
  }

  /** Who may do what. */
  static Access access(LockexdOptions options) throws UsageException {
    try {
      return new Access(Access.Administration.of(options.administrators()), secret(options));
    } catch (IOException e) {
      throw new UsageException(
          "--admin-userpass-file: " + FileWords.of(Path.of(options.administrators()), e));
    }
  }

  private static Optional<String> secret(LockexdOptions options) throws UsageException {
    if (options.clientSecret().isEmpty()) {
      return Optional.empty();
    }
    try {
      String secret = Files.readString(options.clientSecret().get()).strip();
      if (secret.isEmpty()) {
        throw new UsageException("--client-secret-file: the file is empty");
      }
      return Optional.of(secret);
    } catch (IOException e) {
      throw new UsageException(
          "--client-secret-file: " + FileWords.of(options.clientSecret().get(), e));
    }
  }

  /** The certificate and its key, if TLS is spoken. */
  static Optional<SslContextFactory.Server> tls(LockexdOptions options) throws UsageException {
    if (options.tls().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          PemFiles.server(options.tls().get().certificate(), options.tls().get().key()));
    } catch (IOException e) {
      throw new UsageException(
          "--tls-cert, --tls-key: " + FileWords.of(options.tls().get().certificate(), e));
    } catch (GeneralSecurityException e) {
      throw new UsageException("--tls-cert, --tls-key: " + e.getMessage());
    }
  }

  /** How much the lease model takes on. */
  static LeaseLimits leaseLimits(Limits limits) {
    return new LeaseLimits(limits.waiting(), limits.waitingPerClient(), limits.resources());
  }

  /** How large and how slow a request may be. */
  static RequestLimits requestLimits(Limits limits) {
    return new RequestLimits(limits.body(), limits.requestTime(), limits.header());
  }

  /** Where to listen: as the options say, or the configuration, or by default. */
  static List<InetSocketAddress> addresses(
      List<Listen> listens, LockserverConfiguration configuration) {
    return listens.isEmpty()
        ? List.of(configuration.listen().orElse(DEFAULT))
        : listens.stream()
            .map(listen -> InetSocketAddress.createUnresolved(listen.host(), listen.port()))
            .toList();
  }
}
