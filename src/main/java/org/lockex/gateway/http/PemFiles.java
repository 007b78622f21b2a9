package org.lockex.gateway.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.lockex.security.Pem;

/** A certificate and its key from PEM files (RFC 7468). */
public final class PemFiles {
  private static final char[] NO_PASSWORD = {};

  private PemFiles() {}

  /**
   * A TLS server with that certificate.
   *
   * @param certificate the certificate, followed by those that lead to the root
   * @param key the private key, not encrypted
   * @return the TLS server, not started
   * @throws IOException if a file cannot be read
   * @throws GeneralSecurityException if one is something else; the message names it
   */
  public static SslContextFactory.Server server(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    Certificate[] chain =
        Pem.certificates(certificate, Files.readAllBytes(certificate)).toArray(Certificate[]::new);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("lockexd", Pem.privateKey(key, Files.readAllBytes(key)), NO_PASSWORD, chain);
    SslContextFactory.Server server = new SslContextFactory.Server();
    server.setKeyStore(store);
    server.setKeyStorePassword("");
    server.setSniRequired(false);
    return server;
  }
}
