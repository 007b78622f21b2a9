package org.lockex.security;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Sees what a handshake was about, which the exception that ends one does not tell: what the server
 * showed, and whether it asked for a certificate of ours. The managers it asks decide.
 */
final class TlsWitness {
  private volatile X509Certificate[] chain = {};
  private volatile boolean asked;

  /** Forgets the handshake before. */
  void begin() {
    chain = new X509Certificate[0];
    asked = false;
  }

  /** What the server showed, its own certificate first; empty if it showed none. */
  X509Certificate[] chain() {
    return chain;
  }

  /** Whether the server asked for a certificate of ours. */
  boolean asked() {
    return asked;
  }

  /** Trusts what {@code trust} trusts. */
  final class Trust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager trust;

    Trust(X509ExtendedTrustManager trust) {
      this.trust = trust;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type, Socket socket)
        throws CertificateException {
      chain = shown;
      trust.checkServerTrusted(shown, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type, SSLEngine engine)
        throws CertificateException {
      chain = shown;
      trust.checkServerTrusted(shown, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type)
        throws CertificateException {
      chain = shown;
      trust.checkServerTrusted(shown, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type, Socket socket)
        throws CertificateException {
      trust.checkClientTrusted(shown, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type, SSLEngine engine)
        throws CertificateException {
      trust.checkClientTrusted(shown, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type)
        throws CertificateException {
      trust.checkClientTrusted(shown, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return trust.getAcceptedIssuers();
    }
  }

  /**
   * Shows the one certificate that it has, if any, to whoever asks: a server that does not name its
   * authority among those it takes refuses it by itself, and says so.
   */
  final class OneKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";

    private final @Nullable PrivateKey key;
    private final X509Certificate[] certificates;

    OneKey(@Nullable PrivateKey key, X509Certificate[] certificates) {
      this.key = key;
      this.certificates = certificates;
    }

    @Override
    @SuppressWarnings("NullAway") // no certificate is a null here
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      asked = true;
      if (key == null) {
        return null;
      }
      for (String type : types) {
        if (type.startsWith(certificates[0].getPublicKey().getAlgorithm())) {
          return ALIAS;
        }
      }
      return null;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return key == null ? new String[0] : new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return certificates;
    }

    @Override
    @SuppressWarnings("NullAway") // the same
    public PrivateKey getPrivateKey(String alias) {
      return key;
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    @SuppressWarnings("NullAway") // we are no server
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }
  }
}
