package org.lockex.gateway.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.lockex.cli.LockexdOptions;
import org.lockex.cli.UsageException;

/** A certificate and its key from PEM files (RFC 7468). */
public final class PemFiles {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";
  private static final char[] NO_PASSWORD = {};

  private PemFiles() {}

  /**
   * A TLS server with that certificate.
   *
   * @throws UsageException if a file cannot be read or is something else
   */
  public static SslContextFactory.Server server(LockexdOptions.Tls tls) throws UsageException {
    try {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(tls.certificate())))
              .toArray(Certificate[]::new);
      if (chain.length == 0) {
        throw new UsageException("--tls-cert: no certificate in " + tls.certificate());
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("lockexd", key(tls), NO_PASSWORD, chain);
      SslContextFactory.Server server = new SslContextFactory.Server();
      server.setKeyStore(store);
      server.setKeyStorePassword("");
      server.setSniRequired(false);
      return server;
    } catch (IOException | GeneralSecurityException e) {
      throw new UsageException("--tls-cert, --tls-key: " + e.getMessage());
    }
  }

  private static PrivateKey key(LockexdOptions.Tls tls)
      throws IOException, GeneralSecurityException, UsageException {
    String text = Files.readString(tls.key());
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new UsageException("--tls-key: no unencrypted PKCS #8 key in " + tls.key());
    }
    byte[] bytes = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      Optional<PrivateKey> key = key(algorithm, bytes);
      if (key.isPresent()) {
        return key.get();
      }
    }
    throw new UsageException("--tls-key: neither RSA, EC nor EdDSA: " + tls.key());
  }

  private static Optional<PrivateKey> key(String algorithm, byte[] bytes) {
    try {
      return Optional.of(
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes)));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
