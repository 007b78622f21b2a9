package org.lockex.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.auth.ServerAuthenticationProvider;

/**
 * Takes the place of ZooKeeper's digest scheme on the embedded server: whoever knows the secret may
 * do anything, nobody else may do anything. ZooKeeper's own lets anyone in under any name.
 *
 * <p>ZooKeeper makes it, by the name of its class; so it finds the folder in a system property.
 */
public final class SecretAuthentication extends ServerAuthenticationProvider {
  static final String FOLDER = "lockex.local.folder";
  static final String SCHEME = "digest";

  private static final String USER = "lockex";

  private final byte[] expected;
  private final AtomicReference<ZooKeeperServer> server = new AtomicReference<>();

  /** Reads the secret. */
  public SecretAuthentication() {
    try {
      StateFolder folder = new StateFolder(Path.of(System.getProperty(FOLDER, "")));
      expected = digest(folder.secret()).getBytes(UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a client that knows the secret says. */
  static String digest(String secret) {
    return USER + ":" + secret;
  }

  void serve(ZooKeeperServer zookeeper) {
    server.set(zookeeper);
  }

  /** The server, once it is made. */
  Optional<ZooKeeperServer> server() {
    return Optional.ofNullable(server.get());
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public KeeperException.Code handleAuthentication(ServerObjs objects, byte[] data) {
    if (!MessageDigest.isEqual(expected, data)) {
      return KeeperException.Code.AUTHFAILED;
    }
    objects.getCnxn().addAuthInfo(new Id(SCHEME, USER));
    return KeeperException.Code.OK;
  }

  @Override
  public boolean matches(ServerObjs objects, MatchValues values) {
    return values.getId().equals(values.getAclExpr());
  }

  @Override
  public boolean isAuthenticated() {
    return true;
  }

  @Override
  public boolean isValid(String id) {
    return true;
  }
}
