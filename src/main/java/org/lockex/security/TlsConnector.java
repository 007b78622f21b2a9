package org.lockex.security;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Speaks TLS 1.3 or 1.2 to one server after the other, and verifies each one's name. What the files
 * hold is read for every connection, because commands outlive certificates; as long as it is the
 * same, the server's session tickets are used.
 */
public final class TlsConnector {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final TlsFiles files;
  private final TlsWitness witness = new TlsWitness();
  private volatile @Nullable TlsFailure failure;
  private volatile @Nullable TlsPeer peer;
  // Guarded by this:
  private byte[][] known = {};
  private @Nullable SSLContext context;

  /**
   * Reads nothing yet.
   *
   * @param files what it speaks TLS with
   */
  public TlsConnector(TlsFiles files) {
    this.files = files;
  }

  /** {@return the failure of the last connection, if it failed and TLS was the reason} */
  public Optional<TlsFailure> failure() {
    return Optional.ofNullable(failure);
  }

  /** {@return the server of the last handshake} */
  public Optional<TlsPeer> peer() {
    return Optional.ofNullable(peer);
  }

  /**
   * Reads the files, so that whoever connects need not wait for it, and mistakes in them are told
   * at once.
   *
   * @throws IOException if one cannot be read
   * @throws GeneralSecurityException if one does not hold what it should; the message names it
   */
  public void prepare() throws IOException, GeneralSecurityException {
    SSLContext _ = context();
  }

  /**
   * Makes the handshake; takes as long as the server.
   *
   * @param connected to the server
   * @param server whose name its certificate must have
   * @return what data is read from and written to; close {@code connected} to end it, because
   *     {@link SSLSocket#close} may wait behind a write
   * @throws IOException if the handshake fails, or files cannot be read
   * @throws GeneralSecurityException if a file does not hold what it should
   */
  public SSLSocket secure(Socket connected, InetSocketAddress server)
      throws IOException, GeneralSecurityException {
    SSLContext current = context();
    witness.begin();
    SSLSocket socket =
        (SSLSocket)
            current
                .getSocketFactory()
                .createSocket(connected, server.getHostString(), server.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    peer =
        new TlsPeer(
            socket.getSession().getProtocol(),
            shown.getSubjectX500Principal().getName(),
            shown.getNotAfter().toInstant());
    return socket;
  }

  /** The server answered as ZooKeeper does. */
  void answered() {
    failure = null;
  }

  /**
   * A connection ended before that. Where it had nothing to do with TLS, what failed before is
   * still the more telling.
   */
  void failed(InetSocketAddress server, Exception why) {
    TlsWords.of(why, server, witness, files.certificate().isPresent())
        .ifPresent(told -> failure = told);
  }

  private synchronized SSLContext context() throws IOException, GeneralSecurityException {
    Path trusted =
        files.authorities().isPresent() ? files.authorities().get() : Authorities.ofTheSystem();
    byte[] certificate =
        files.certificate().isPresent()
            ? Files.readAllBytes(files.certificate().get())
            : new byte[0];
    byte[] key = files.key().isPresent() ? SecretFile.read(files.key().get()) : new byte[0];
    byte[][] read = {Files.readAllBytes(trusted), certificate, key};
    SSLContext made = context;
    if (made == null || !Arrays.deepEquals(read, known)) {
      made = SSLContext.getInstance("TLS");
      made.init(
          new KeyManager[] {ownKey(certificate, key)},
          new TrustManager[] {witness.new Trust(trust(Authorities.store(trusted, read[0])))},
          null);
      context = made;
      known = read;
    }
    return made;
  }

  private TlsWitness.OneKey ownKey(byte[] certificate, byte[] key) throws GeneralSecurityException {
    if (files.certificate().isEmpty()) {
      return witness.new OneKey(null, new X509Certificate[0]);
    }
    Path file = files.certificate().get();
    X509Certificate[] chain = Pem.certificates(file, certificate).toArray(X509Certificate[]::new);
    PrivateKey own = Pem.privateKey(files.key().orElse(file), key);
    KeyPairs.requireTogether(own, chain[0], file);
    return witness.new OneKey(own, chain);
  }

  private static X509ExtendedTrustManager trust(KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager trust) {
        return trust;
      }
    }
    throw new GeneralSecurityException("the runtime checks no certificates");
  }
}
