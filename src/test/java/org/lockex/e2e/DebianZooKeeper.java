package org.lockex.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.lockex.fixture.Authority;
import org.lockex.fixture.FakedClock;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Ports;
import org.lockex.fixture.Programs;

/**
 * A server of Debian's own zookeeper package (3.8), or of another release ({@link
 * ZooKeeperRelease}), on a free loopback port, in its own process; it stops when closed.
 */
final class DebianZooKeeper implements AutoCloseable {
  private static final String CLOCK = "FAKETIME_TIMESTAMP_FILE";

  private static final String DEBIAN = Programs.ZOOKEEPER + ":" + Programs.NETTY_CODEC;

  private static final String SECURE =
      """
      serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory
      authProvider.x509=org.apache.zookeeper.server.auth.X509AuthenticationProvider
      ssl.keyStore.location=%s
      ssl.keyStore.type=PEM
      ssl.trustStore.location=%s
      ssl.trustStore.type=PEM
      ssl.clientAuth=%s
      ssl.hostnameVerification=false
      ssl.protocol=%s
      ssl.enabledProtocols=%s
      ssl.ciphersuites=TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
      """;

  private static final String USERS =
      """
      authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider
      sessionRequireClientSASLAuth=true
      """;

  private final Path folder;
  private final int port;
  private final Map<String, String> environment;
  private final String classPath;
  private Process process;
  private int tlsPort;

  DebianZooKeeper() {
    this(2000);
  }

  DebianZooKeeper(int tickMillis) {
    this(tickMillis, Map.of(), "");
  }

  /**
   * One whose wall clock is that of {@code clock}, which may be written again while it runs: {@code
   * +0} is the true time, {@code +1h} an hour later (faketime(1)).
   */
  static DebianZooKeeper withClock(Path clock) {
    return new DebianZooKeeper(500, Map.of(CLOCK, clock.toString(), "FAKETIME_NO_CACHE", "1"), "");
  }

  /**
   * One with a port that speaks TLS beside the plain one.
   *
   * @param own what it shows
   * @param clients who signs the certificates of clients that it takes
   * @param wanted whether it wants one of its clients: {@code need} or {@code none}
   */
  static DebianZooKeeper withTls(
      int tickMillis, Authority.Signed own, Path clients, String wanted) {
    return withTls(tickMillis, own, clients, wanted, "TLSv1.2");
  }

  /** The same with a version of TLS; the other is what 3.8 speaks unless told otherwise. */
  static DebianZooKeeper withTls(
      int tickMillis, Authority.Signed own, Path clients, String wanted, String protocol) {
    return withTls(DEBIAN, tickMillis, own, clients, wanted, protocol);
  }

  static DebianZooKeeper withTls(
      String classPath,
      int tickMillis,
      Authority.Signed own,
      Path clients,
      String wanted,
      String protocol) {
    return withTls(
        classPath,
        tickMillis,
        Map.of(),
        SECURE.formatted(own.together(), clients, wanted, protocol, protocol));
  }

  private static DebianZooKeeper withTls(
      String classPath, int tickMillis, Map<String, String> environment, String lines) {
    int port = Ports.free();
    DebianZooKeeper server =
        new DebianZooKeeper(
            tickMillis, environment, lines + "secureClientPort=" + port + "\n", classPath);
    server.tlsPort = port;
    return server;
  }

  /**
   * One that knows users by SASL, and takes nobody without such a login.
   *
   * @param jaas its settings of JAAS
   * @param properties for its JVM
   */
  static DebianZooKeeper withSasl(int tickMillis, Path jaas, String... properties) {
    String options = "-Djava.security.auth.login.config=" + jaas;
    for (String property : properties) {
      options += " -D" + property;
    }
    return new DebianZooKeeper(tickMillis, Map.of("JAVA_TOOL_OPTIONS", options), USERS);
  }

  /** Both: it speaks TLS, wants no certificate of its clients, and knows them by SASL. */
  static DebianZooKeeper withSaslOverTls(Authority.Signed own, Path clients, Path jaas) {
    return withTls(
        DEBIAN,
        2000,
        Map.of("JAVA_TOOL_OPTIONS", "-Djava.security.auth.login.config=" + jaas),
        SECURE.formatted(own.together(), clients, "none", "TLSv1.3", "TLSv1.3") + USERS);
  }

  /** One that answers nothing to who has not shown who he is by SASL. */
  static DebianZooKeeper wantingSasl() {
    return new DebianZooKeeper(
        500,
        Map.of(),
        """
        sessionRequireClientSASLAuth=true
        authProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider
        """);
  }

  private DebianZooKeeper(int tickMillis, Map<String, String> environment, String configuration) {
    this(tickMillis, environment, configuration, DEBIAN);
  }

  /**
   * One of another make.
   *
   * @param configuration more lines of zoo.cfg
   * @param classPath where its classes are
   */
  DebianZooKeeper(
      int tickMillis, Map<String, String> environment, String configuration, String classPath) {
    this.environment = environment;
    this.classPath = classPath;
    try {
      folder = Files.createTempDirectory("lockex-zookeeper");
      port = Ports.free();
      // Its number, where the configuration tells of peers.
      Files.writeString(Files.createDirectories(folder.resolve("data")).resolve("myid"), "1");
      Files.writeString(
          folder.resolve("zoo.cfg"),
          """
          tickTime=%d
          dataDir=%s
          clientPort=%d
          clientPortAddress=127.0.0.1
          admin.enableServer=false
          maxClientCnxns=0
          4lw.commands.whitelist=*
          %s
          """
              .formatted(tickMillis, folder.resolve("data"), port, configuration));
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String hosts() {
    return "127.0.0.1:" + port;
  }

  /** Where it speaks TLS. */
  String tlsHosts() {
    return "127.0.0.1:" + tlsPort;
  }

  int tlsPort() {
    return tlsPort;
  }

  long pid() {
    return process.pid();
  }

  /** Ends the server with SIGKILL. */
  void kill() {
    process.destroyForcibly();
    await();
  }

  /** Starts it again on the same port and data. */
  void restart() {
    try {
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process launch() throws IOException {
    Process started =
        serve(folder, folder.resolve("zoo.cfg"), folder.resolve("log"), environment, classPath);
    Poll.until(
        "ZooKeeper answers on " + port,
        Duration.ofSeconds(30),
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(1000);
            // It says that it is well before it serves.
            socket.getOutputStream().write("srvr".getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8).contains("Mode: ");
          } catch (IOException e) {
            return false;
          }
        });
    return started;
  }

  /** Starts one of Debian's servers; it dies with the tests. */
  static Process serve(Path folder, Path config, Path log, Map<String, String> environment)
      throws IOException {
    return serve(folder, config, log, environment, DEBIAN);
  }

  private static Process serve(
      Path folder, Path config, Path log, Map<String, String> environment, String classPath)
      throws IOException {
    if (classPath.equals(DEBIAN)) {
      Programs.require(Programs.ZOOKEEPER.toString());
    }
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dzookeeper.jmx.log4j.disable=true",
            "-cp",
            folder + ":" + classPath,
            "org.apache.zookeeper.server.quorum.QuorumPeerMain",
            config.toString());
    String clock = environment.get(CLOCK);
    ProcessBuilder builder =
        new ProcessBuilder(clock == null ? java : FakedClock.command(CLOCK + "=" + clock, java))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process started = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    return started;
  }

  private void await() {
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
