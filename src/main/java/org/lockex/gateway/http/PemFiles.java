package org.lockex.gateway.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.lockex.security.KeyPairs;
import org.lockex.security.Pem;

/**
 * What a TLS server is made of, from PEM files (RFC 7468).
 *
 * @param identity the certificate, those that lead to its root, and the key
 * @param authorities whose certificates clients must have; empty: they need none
 */
public record PemFiles(KeyStore identity, Optional<KeyStore> authorities) {
  private static final char[] NO_PASSWORD = {};

  /**
   * Reads the files, and makes sure that they belong together.
   *
   * @param certificate the certificate, followed by those that lead to the root
   * @param key the private key, not encrypted
   * @param clientAuthorities whose certificates clients must have; empty: they need none
   * @return what they hold
   * @throws IOException if a file cannot be read
   * @throws GeneralSecurityException if one is something else, or the key is not that of the
   *     certificate; the message names it
   */
  public static PemFiles read(Path certificate, Path key, Optional<Path> clientAuthorities)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> chain = Pem.certificates(certificate, Files.readAllBytes(certificate));
    PrivateKey ours = Pem.privateKey(key, Files.readAllBytes(key));
    KeyPairs.requireTogether(ours, chain.getFirst(), certificate);
    KeyStore identity = empty();
    identity.setKeyEntry("lockexd", ours, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
    if (clientAuthorities.isEmpty()) {
      return new PemFiles(identity, Optional.empty());
    }
    Path file = clientAuthorities.get();
    KeyStore authorities = empty();
    for (X509Certificate authority : Pem.certificates(file, Files.readAllBytes(file))) {
      authorities.setCertificateEntry("authority-" + authorities.size(), authority);
    }
    return new PemFiles(identity, Optional.of(authorities));
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /**
   * Makes a server go by these from now on. Connections that are there stay as they are.
   *
   * @param server running or not
   * @throws GeneralSecurityException if Jetty cannot; then the server goes on as before
   */
  public void serve(SslContextFactory.Server server) throws GeneralSecurityException {
    SslContextFactory.Server rehearsal = new SslContextFactory.Server();
    configure(rehearsal);
    try {
      rehearsal.start();
      rehearsal.stop();
      if (server.isStarted()) {
        server.reload(running -> configure(server));
      } else {
        configure(server);
      }
    } catch (Exception e) {
      throw new GeneralSecurityException(String.valueOf(e.getMessage()), e);
    }
  }

  private void configure(SslContextFactory.Server server) {
    server.setKeyStore(identity);
    server.setKeyStorePassword("");
    server.setSniRequired(false);
    server.setTrustStore(authorities.orElse(null));
    server.setNeedClientAuth(authorities.isPresent());
  }
}
