package org.lockex.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.lockex.cli.Connection;
import org.lockex.cli.FileWords;
import org.lockex.cli.UsageException;
import org.lockex.cli.Values;
import org.lockex.cli.lockexd.Listen;
import org.lockex.cli.lockexd.LockexdOptions;
import org.lockex.cli.lockexd.LockexdOptions.Limits;
import org.lockex.gateway.async.ZooKeeperSettings;
import org.lockex.gateway.dialect.LockserverConfiguration;
import org.lockex.gateway.http.Access;
import org.lockex.gateway.http.AddressRange;
import org.lockex.gateway.http.AdminUsers;
import org.lockex.gateway.http.BodyRoom;
import org.lockex.gateway.http.OwnSite;
import org.lockex.gateway.http.PemFiles;
import org.lockex.gateway.http.PublicSide;
import org.lockex.gateway.http.RequestLimits;
import org.lockex.gateway.lease.LeaseLimits;
import org.lockex.local.ServerLocation;
import org.lockex.lock.session.HostRotation;

/** What the options and the files they name mean to each room of the gateway. */
final class LockexdSettings {
  private static final InetSocketAddress DEFAULT =
      InetSocketAddress.createUnresolved("127.0.0.1", 8888);

  private LockexdSettings() {}

  /** Where the locks are, and how to speak to the servers there. */
  static ZooKeeperSettings zooKeeper(Connection connection, ServerLocation servers) {
    return new ZooKeeperSettings(
        servers.hosts().names(),
        () -> new HostRotation(servers.hosts(), System::nanoTime),
        servers.hosts().chroot() + connection.root().path(),
        connection.sessionTimeout(),
        servers.security());
  }

  /** Who may do what. */
  static Access access(LockexdOptions options, FileReloads files) throws UsageException {
    Access access = new Access(new Access.Administration.Nobody(), Optional.empty());
    String who = options.administrators();
    files.read(
        who.equals("no") || who.equals("yes") ? List.of() : List.of(Path.of(who)),
        () -> access.administrators(administration(who)));
    files.read(options.clientSecret().stream().toList(), () -> access.secret(secret(options)));
    return access;
  }

  private static Access.Administration administration(String who) throws UsageException {
    try {
      return Access.Administration.of(who);
    } catch (AdminUsers.BadLine e) {
      throw new UsageException("--admin-userpass-file: " + e.getMessage());
    } catch (IOException e) {
      throw new UsageException("--admin-userpass-file: " + FileWords.of(Path.of(who), e));
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
  static Optional<SslContextFactory.Server> tls(LockexdOptions options, FileReloads files)
      throws UsageException {
    if (options.tls().isEmpty()) {
      return Optional.empty();
    }
    LockexdOptions.Tls tls = options.tls().get();
    SslContextFactory.Server server = new SslContextFactory.Server();
    List<Path> all = new ArrayList<>(List.of(tls.certificate(), tls.key()));
    tls.clientAuthorities().ifPresent(all::add);
    files.read(all, () -> serve(server, tls));
    return Optional.of(server);
  }

  private static void serve(SslContextFactory.Server server, LockexdOptions.Tls tls)
      throws UsageException {
    String options =
        "--tls-cert, --tls-key" + (tls.clientAuthorities().isPresent() ? ", --tls-client-ca" : "");
    try {
      PemFiles.read(tls.certificate(), tls.key(), tls.clientAuthorities()).serve(server);
    } catch (IOException e) {
      throw new UsageException(options + ": " + FileWords.of(tls.certificate(), e));
    } catch (GeneralSecurityException e) {
      throw new UsageException(options + ": " + e.getMessage());
    }
  }

  /** How lockexd looks from its clients' side. */
  static PublicSide publicSide(LockexdOptions options) throws UsageException {
    List<AddressRange> proxies = new ArrayList<>();
    for (String text : options.trustedProxies()) {
      proxies.add(Values.convert("--trusted-proxy", text, AddressRange::parse));
    }
    return new PublicSide(options.publicUrl(), List.copyOf(proxies));
  }

  /** How much the lease model takes on. */
  static LeaseLimits leaseLimits(Limits limits) {
    return new LeaseLimits(
        limits.waiting(), limits.waitingPerClient(), limits.grantsPerClient(), limits.resources());
  }

  /** How large and how slow a request may be. */
  static RequestLimits requestLimits(Limits limits) {
    return new RequestLimits(
        limits.body(),
        new BodyRoom(limits.bodies()),
        limits.requestTime(),
        limits.header(),
        limits.connectionsPerClient());
  }

  /**
   * As what browsers know us.
   *
   * @param addresses where to listen
   * @param publicUrl the address that people use, where it is known
   */
  static OwnSite site(List<InetSocketAddress> addresses, Optional<URI> publicUrl) {
    return new OwnSite(
        addresses.stream().allMatch(at -> isLoopback(at.getHostString())), publicUrl);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
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
