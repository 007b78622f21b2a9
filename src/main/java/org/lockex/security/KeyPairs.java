package org.lockex.security;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.util.Map;

/** Whether a private key belongs to a certificate. */
public final class KeyPairs {
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  private KeyPairs() {}

  /**
   * Signs something with the key and verifies it with the certificate.
   *
   * @param key the private key
   * @param certificate the certificate
   * @param file whose the certificate is, for the message
   * @throws GeneralSecurityException if they do not belong together
   */
  public static void requireTogether(PrivateKey key, X509Certificate certificate, Path file)
      throws GeneralSecurityException {
    String kind = certificate.getPublicKey().getAlgorithm();
    boolean together = kind.equals(key.getAlgorithm());
    if (together && SIGNATURES.containsKey(kind)) {
      byte[] text = {1, 2, 3};
      Signature signature = Signature.getInstance(SIGNATURES.get(kind));
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(text);
      together = signature.verify(signed);
    }
    if (!together) {
      throw new InvalidKeySpecException("the key is not that of the certificate in " + file);
    }
  }
}
