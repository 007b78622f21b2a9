package org.lockex.gateway.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** A certificate and its key from PEM files (RFC 7468). */
public final class PemFiles {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";
  private static final char[] NO_PASSWORD = {};

  private PemFiles() {}

  /**
   * A TLS server with that certificate.
   *
   * @param certificate the certificate, followed by those that lead to the root
   * @param key the private key, not encrypted, PKCS #8
   * @return the TLS server, not started
   * @throws IOException if a file cannot be read
   * @throws GeneralSecurityException if one is something else; the message names it
   */
  public static SslContextFactory.Server server(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    Certificate[] chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(certificate)))
            .toArray(Certificate[]::new);
    if (chain.length == 0) {
      throw new CertificateException("no certificate in " + certificate);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("lockexd", privateKey(key), NO_PASSWORD, chain);
    SslContextFactory.Server server = new SslContextFactory.Server();
    server.setKeyStore(store);
    server.setKeyStorePassword("");
    server.setSniRequired(false);
    return server;
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    String text = Files.readString(file);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new InvalidKeySpecException("no unencrypted PKCS #8 key in " + file);
    }
    byte[] bytes = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      Optional<PrivateKey> key = key(algorithm, bytes);
      if (key.isPresent()) {
        return key.get();
      }
    }
    throw new InvalidKeySpecException("neither RSA, EC nor EdDSA: " + file);
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
