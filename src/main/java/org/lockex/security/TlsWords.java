package org.lockex.security;

import java.io.EOFException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.FileSystemException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why TLS failed, in our words. */
final class TlsWords {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  private TlsWords() {}

  /**
   * What the end of a connection means.
   *
   * @param ownCertificate whether we have one
   * @return empty if TLS has no part in it
   */
  static Optional<TlsFailure> of(
      Exception why, InetSocketAddress server, TlsWitness witness, boolean ownCertificate) {
    X509Certificate[] chain = witness.chain();
    boolean cutOff = has(why, EOFException.class) || why instanceof SocketException;
    if (chain.length > 0 && has(why, CertificateException.class, CertPathBuilderException.class)) {
      return Optional.of(new TlsFailure(distrust(why, server, chain), false));
    }
    if (why instanceof SSLException || (cutOff && chain.length > 0)) {
      if (chain.length == 0) {
        return Optional.of(new TlsFailure(noTls(why, cutOff, server), false));
      }
      if (witness.asked()) {
        return Optional.of(
            new TlsFailure(
                ownCertificate
                    ? "the server does not accept our certificate" + alert(why)
                    : "the server wants a client certificate (--zk-cert, --zk-key)",
                true));
      }
      return Optional.of(new TlsFailure("TLS failed: " + why.getMessage(), false));
    }
    return why instanceof GeneralSecurityException || why instanceof FileSystemException
        ? Optional.of(new TlsFailure(String.valueOf(why.getMessage()), false))
        : Optional.empty();
  }

  private static String noTls(Exception why, boolean cutOff, InetSocketAddress server) {
    String port = "port " + server.getPort();
    if (cutOff || String.valueOf(why.getMessage()).contains("unrecognized")) {
      return "the server speaks no TLS on " + port;
    }
    return "the server refused TLS on " + port + alert(why);
  }

  private static String distrust(Exception why, InetSocketAddress server, X509Certificate[] chain) {
    Instant now = Instant.now();
    if (has(why, CertificateExpiredException.class)) {
      for (X509Certificate certificate : chain) {
        if (certificate.getNotAfter().toInstant().isBefore(now)) {
          return "the certificate of "
              + name(certificate)
              + " expired at "
              + certificate.getNotAfter().toInstant();
        }
      }
      return "a certificate of the authority has expired";
    }
    if (has(why, CertificateNotYetValidException.class)) {
      for (X509Certificate certificate : chain) {
        if (certificate.getNotBefore().toInstant().isAfter(now)) {
          return "the certificate of "
              + name(certificate)
              + " is not valid before "
              + certificate.getNotBefore().toInstant();
        }
      }
      return "a certificate of the authority is not valid yet";
    }
    if (has(why, CertPathBuilderException.class)) {
      return "the server's certificate is from an authority that is not trusted here ("
          + chain[chain.length - 1].getIssuerX500Principal().getName()
          + ")";
    }
    if (has(why, CertPathValidatorException.class)) {
      return "the server's certificate is not valid: " + last(why).getMessage();
    }
    List<String> names = names(chain[0]);
    return "the server's certificate is not for "
        + server.getHostString()
        + (names.isEmpty() ? ", it has no name" : " but for " + String.join(", ", names));
  }

  /**
   * The names of hosts and addresses; what stands in the subject only does not count (RFC 6125).
   */
  private static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          if (name.get(0) instanceof Integer kind && (kind == DNS_NAME || kind == IP_ADDRESS)) {
            names.add(String.valueOf(name.get(1)));
          }
        }
      }
    } catch (CertificateParsingException e) {
      // Then it has none that could be told.
    }
    return names;
  }

  private static String name(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }

  private static String alert(Exception why) {
    String message = String.valueOf(why.getMessage());
    int at = message.indexOf("fatal alert: ");
    return at < 0 ? "" : " (" + message.substring(at + "fatal alert: ".length()) + ")";
  }

  @SafeVarargs
  private static boolean has(Throwable why, Class<? extends Throwable>... kinds) {
    for (@Nullable Throwable cause = why; cause != null; cause = cause.getCause()) {
      for (Class<? extends Throwable> kind : kinds) {
        if (kind.isInstance(cause)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Throwable last(Throwable why) {
    Throwable last = why;
    for (@Nullable Throwable cause = why; cause != null; cause = cause.getCause()) {
      last = cause;
    }
    return last;
  }
}
