package org.lockex.security;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Whether a port speaks TLS; trusts nobody, and says nothing there. */
public final class TlsProbe implements X509TrustManager {
  private static final int PATIENCE_MS = 1000;

  private volatile boolean shown;

  private TlsProbe() {}

  /**
   * Begins a handshake, and breaks it off at the server's certificate.
   *
   * @param server which to ask
   * @return whether it showed a certificate
   */
  public static boolean speaksTls(InetSocketAddress server) {
    TlsProbe probe = new TlsProbe();
    try (Socket raw = new Socket()) {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {probe}, null);
      raw.connect(server, PATIENCE_MS);
      raw.setSoTimeout(PATIENCE_MS);
      SSLSocket socket =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(raw, server.getHostString(), server.getPort(), true);
      socket.startHandshake();
    } catch (IOException | GeneralSecurityException e) {
      return probe.shown;
    }
    return true;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    shown = true;
    throw new CertificateException("only asked whether there is one");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("this is no server");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
