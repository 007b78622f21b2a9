package org.lockex.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;

/** The authorities that certificates are trusted from. */
final class Authorities {
  /** Of Debian and its like, of Red Hat and its like, of Alpine and SUSE. */
  private static final List<Path> SYSTEM =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"));

  /** Those of the Java runtime; the launcher keeps the runtime itself from reading them. */
  private static final Path RUNTIME =
      Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");

  private Authorities() {}

  /** The file with those of this system. */
  static Path ofTheSystem() {
    for (Path file : SYSTEM) {
      if (Files.isReadable(file)) {
        return file;
      }
    }
    return RUNTIME;
  }

  /** A store with those of a file. */
  static KeyStore store(Path file, byte[] bytes) throws IOException, GeneralSecurityException {
    if (file.equals(RUNTIME)) {
      return KeyStore.getInstance(file.toFile(), (char[]) null);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    int count = 0;
    for (X509Certificate certificate : Pem.certificates(file, bytes)) {
      store.setCertificateEntry("authority" + count++, certificate);
    }
    return store;
  }
}
