package org.lockex.security;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Certificates and private keys from PEM texts (RFC 7468). */
public final class Pem {
  private static final String CERTIFICATE = "CERTIFICATE";

  private Pem() {}

  /**
   * The certificates of a file, in its order; other blocks and words around them do not matter.
   *
   * @param file whose they are, for the message
   * @param bytes what it holds
   * @return at least one
   * @throws GeneralSecurityException if there is none, or one is malformed; the message names the
   *     file
   */
  public static List<X509Certificate> certificates(Path file, byte[] bytes)
      throws GeneralSecurityException {
    String text = new String(bytes, ISO_8859_1);
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    int at = 0;
    while (true) {
      Optional<PemBlock> block = PemBlock.find(text, CERTIFICATE, at);
      if (block.isEmpty()) {
        break;
      }
      at = block.get().end();
      try {
        certificates.add(
            (X509Certificate)
                factory.generateCertificate(new ByteArrayInputStream(block.get().bytes())));
      } catch (CertificateException | IllegalArgumentException e) {
        throw new CertificateException("a malformed certificate in " + file, e);
      }
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("no certificate in " + file);
    }
    return certificates;
  }

  /**
   * The private key of a file: PKCS #8, PKCS #1 (RSA) or SEC 1 (EC), not encrypted.
   *
   * @param file whose it is, for the message
   * @param bytes what it holds
   * @return the key
   * @throws GeneralSecurityException if there is none that can be used; the message names the file
   */
  public static PrivateKey privateKey(Path file, byte[] bytes) throws GeneralSecurityException {
    String text = new String(bytes, ISO_8859_1);
    if (text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")) {
      throw new InvalidKeySpecException(
          "the key in " + file + " is encrypted, and nobody is asked for its passphrase");
    }
    try {
      Optional<PemBlock> rsa = PemBlock.find(text, "RSA PRIVATE KEY", 0);
      if (rsa.isPresent()) {
        return key(file, List.of("RSA"), Pkcs8.ofRsa(rsa.get().bytes()));
      }
      Optional<PemBlock> ec = PemBlock.find(text, "EC PRIVATE KEY", 0);
      if (ec.isPresent()) {
        return key(file, List.of("EC"), Pkcs8.ofEc(ec.get().bytes()));
      }
      Optional<PemBlock> any = PemBlock.find(text, "PRIVATE KEY", 0);
      if (any.isPresent()) {
        return key(file, List.of("RSA", "EC", "EdDSA"), any.get().bytes());
      }
    } catch (IllegalArgumentException | IOException e) {
      throw new InvalidKeySpecException("a malformed key in " + file, e);
    }
    throw new InvalidKeySpecException("no private key in " + file);
  }

  private static PrivateKey key(Path file, List<String> algorithms, byte[] pkcs8)
      throws GeneralSecurityException {
    for (String algorithm : algorithms) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException e) {
        // One of another kind.
      }
    }
    throw new InvalidKeySpecException("neither RSA, EC nor EdDSA, or malformed: " + file);
  }
}
