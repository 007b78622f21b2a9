package org.lockex.security;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Authority;
import org.lockex.fixture.Poll;

/** One connection and what a server can do to it. */
class TlsLinkIT {
  private static final int LONGEST = 2_000_000;

  /** The common pool has one thread where there are two processors. */
  private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);

  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir static Path folder;

  private static Authority authority;
  private static SSLContext context;

  private SSLServerSocket listener;
  private TlsLink link;
  private CompletableFuture<Void> served;

  @BeforeAll
  static void makeCertificates() throws Exception {
    authority = new Authority(folder, "authority");
    Authority.Signed own = authority.sign("server", "IP:127.0.0.1,DNS:localhost");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "own",
        Pem.privateKey(own.key(), Files.readAllBytes(own.key())),
        new char[0],
        Pem.certificates(own.certificate(), Files.readAllBytes(own.certificate()))
            .toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
  }

  private interface Behaviour {
    void serve(SSLSocket client) throws Exception;
  }

  @BeforeEach
  void listen() throws IOException {
    listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    link.close();
    listener.close();
  }

  private void connect(Behaviour behaviour) {
    served =
        CompletableFuture.runAsync(
            () -> {
              try (SSLSocket client = (SSLSocket) listener.accept()) {
                client.startHandshake();
                behaviour.serve(client);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            },
            THREADS);
    TlsConnector tls =
        new TlsConnector(
            new TlsFiles(Optional.of(authority.certificate()), Optional.empty(), Optional.empty()));
    link =
        TlsLink.open(
            tls,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()),
            LONGEST,
            () -> {});
    Poll.until("the handshake", SOON, link::takeEstablished);
  }

  private static ByteBuffer framed(byte[] bytes) {
    return ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).flip();
  }

  private ByteBuffer awaitFrame() {
    ByteBuffer[] frame = new ByteBuffer[1];
    Poll.until(
        "a frame",
        SOON,
        () -> {
          link.await(100);
          frame[0] = link.poll();
          return frame[0] != null;
        });
    return frame[0];
  }

  private void assertEnds() {
    Poll.until(
        "the end",
        SOON,
        () -> {
          link.await(100);
          try {
            link.requireOpen();
            return false;
          } catch (IOException e) {
            return true;
          }
        });
  }

  @Test
  void a_megabyte_comes_and_goes_whole() throws Exception {
    byte[] bytes = new byte[1_048_575];
    new Random(1).nextBytes(bytes);
    connect(client -> {
      DataInputStream in = new DataInputStream(client.getInputStream());
      byte[] got = new byte[in.readInt()];
      in.readFully(got);
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      out.writeInt(got.length);
      out.write(got);
      out.flush();
    });
    link.write(framed(bytes));
    assertArrayEquals(bytes, awaitFrame().array());
    served.get(30, TimeUnit.SECONDS);
    assertEnds();
  }

  @Test
  void keys_may_be_renewed_in_between() throws Exception {
    connect(client -> {
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      for (int i = 0; i < 3; i++) {
        out.writeInt(1);
        out.write(i);
        out.flush();
        client.startHandshake(); // in TLS 1.3 an update of the keys
      }
      assertEquals(-1, client.getInputStream().read());
    });
    for (int i = 0; i < 3; i++) {
      assertEquals(i, awaitFrame().get(0));
    }
    link.requireOpen();
  }

  @Test
  void a_server_that_closes_its_half_ends_it() {
    connect(client -> {
      client.shutdownOutput();
      Thread.sleep(2_000);
    });
    assertEnds();
  }

  @Test
  void a_frame_that_is_too_long_ends_it() {
    connect(client -> {
      new DataOutputStream(client.getOutputStream()).writeInt(LONGEST + 1);
      Thread.sleep(2_000);
    });
    assertEnds();
  }

  /** The client's sending thread hangs in the write; whoever forces a reconnect frees it. */
  @Test
  void a_write_to_a_server_that_stops_reading_ends_with_the_link() throws Exception {
    connect(client -> Thread.sleep(60_000));
    CompletableFuture<IOException> write =
        CompletableFuture.supplyAsync(
            () ->
                assertThrows(
                    IOException.class,
                    () -> {
                      while (true) {
                        link.write(framed(new byte[LONGEST]));
                      }
                    }),
            THREADS);
    Thread.sleep(1_000);
    assertTrue(!write.isDone(), "it does not stand still");
    link.close();
    write.get(10, TimeUnit.SECONDS);
    assertEnds();
  }

  @Test
  void silence_ends_it_and_a_write_that_stands_still() throws Exception {
    connect(client -> {
      new DataOutputStream(client.getOutputStream()).writeInt(0);
      Thread.sleep(60_000);
    });
    assertEquals(0, awaitFrame().remaining());
    link.answered(500);
    CompletableFuture<IOException> write =
        CompletableFuture.supplyAsync(
            () ->
                assertThrows(
                    IOException.class,
                    () -> {
                      while (true) {
                        link.write(framed(new byte[LONGEST]));
                      }
                    }),
            THREADS);
    write.get(30, TimeUnit.SECONDS);
    assertEnds();
  }
}
