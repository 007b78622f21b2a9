package org.lockex.cli.lockexd;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.lockex.cli.Connection;
import org.lockex.cli.Verbosity;

/**
 * What lockexd's command line asks for.
 *
 * @param listens where to listen; empty: where the configuration says, or the default
 * @param connection where the locks are; the server of a folder runs inside lockexd
 * @param config lockserver's configuration file
 * @param administrators {@code no}, {@code yes}, or a file of users and passwords
 * @param clientSecret the file with the secret of clients that take and free locks
 * @param tls the certificate and key, if TLS is spoken
 * @param publicUrl where clients reach lockexd, without a slash at its end; empty: where they say
 * @param trustedProxies addresses of proxies, or ranges of them, whose word on a request counts
 * @param allowShutdown a client may stop lockexd
 * @param lockTimeout how long a lock of the GET lines is held at most
 * @param attemptTimeout how long LOCK of the GET lines waits
 * @param drain from SIGUSR1 until it stops
 * @param metricsLocks how many locks /metrics shows one by one to who is no administrator
 * @param limits how much is taken on
 * @param verbosity how much is said on stderr
 */
public record LockexdOptions(
    List<Listen> listens,
    Connection connection,
    Optional<Path> config,
    String administrators,
    Optional<Path> clientSecret,
    Optional<Tls> tls,
    Optional<URI> publicUrl,
    List<String> trustedProxies,
    boolean allowShutdown,
    Duration lockTimeout,
    Duration attemptTimeout,
    Duration drain,
    int metricsLocks,
    Limits limits,
    Verbosity verbosity) {

  /**
   * Files in PEM form.
   *
   * @param certificate the certificate, followed by those that lead to the root
   * @param key the private key, not encrypted
   * @param clientAuthorities whose certificates clients must have; empty: they need none
   */
  public record Tls(Path certificate, Path key, Optional<Path> clientAuthorities) {}

  /**
   * How much a lockexd takes on.
   *
   * @param waiting requests for a lock at once, of all clients
   * @param waitingPerClient the same of one client's address
   * @param grantsPerClient locks that one client's address may hold at once
   * @param resources locks known at once
   * @param body bytes of a request's body
   * @param bodies bytes of the bodies of all requests together, beyond what is always free
   * @param connectionsPerClient open connections of one address that is no trusted proxy's
   * @param requestTime how long a request may take to arrive, its header and its body each
   * @param header bytes of a request's line and header
   */
  public record Limits(
      int waiting,
      int waitingPerClient,
      int grantsPerClient,
      int resources,
      int body,
      int bodies,
      int connectionsPerClient,
      Duration requestTime,
      int header) {
    /** What is taken on unless said otherwise. */
    public static final Limits DEFAULT =
        new Limits(
            20_000,
            10_000,
            10_000,
            100_000,
            64 * 1024,
            32 * 1024 * 1024,
            11_000,
            Duration.ofSeconds(30),
            16 * 1024);
  }
}
