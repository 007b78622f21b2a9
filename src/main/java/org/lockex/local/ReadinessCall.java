package org.lockex.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/**
 * How a starter learns that its server is up, or why it is not: the server calls back on a loopback
 * port, with a proof that it knows the secret, which other users of the machine do not.
 */
final class ReadinessCall implements AutoCloseable {
  private final ServerSocket socket;

  ReadinessCall() throws IOException {
    socket = new ServerSocket(0, 16, loopback());
  }

  static InetAddress loopback() throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  int port() {
    return socket.getLocalPort();
  }

  /**
   * Waits for the call.
   *
   * @return what went wrong, or nothing when the server is up
   */
  String await(String secret, Duration timeout) throws IOException {
    long end = System.nanoTime() + timeout.toNanos();
    while (true) {
      long left = Math.max(1, Duration.ofNanos(end - System.nanoTime()).toMillis());
      socket.setSoTimeout((int) left);
      try (Socket call = socket.accept()) {
        call.setSoTimeout(1000);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(call.getInputStream(), UTF_8));
        String proof = lines.readLine();
        String what = lines.readLine();
        if (proof != null && what != null && proof.equals(proof(secret))) {
          return what;
        }
      } catch (SocketTimeoutException e) {
        if (System.nanoTime() - end >= 0) {
          return "no answer within " + timeout.toSeconds() + " s";
        }
      }
    }
  }

  static void call(int port, String secret, String what) throws IOException {
    try (Socket call = new Socket()) {
      call.connect(new InetSocketAddress(loopback(), port), 1000);
      call.getOutputStream().write((proof(secret) + "\n" + what + "\n").getBytes(UTF_8));
    }
  }

  private static String proof(String secret) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(("ready:" + secret).getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
