package org.lockex.lock.session;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lockex.security.TlsProbe;

/**
 * Why servers give no session: each is asked, beside the others, with {@code srvr}, the one word
 * that servers answer unless told otherwise (4lw.commands.whitelist).
 */
public final class SilenceReason {
  private static final int PATIENCE_MS = 500;

  /** The longest that a name is looked up. */
  private static final long NAME_MS = 2500;

  /** The longest that one is asked; it takes 2 s at most, but for the work of a busy machine. */
  private static final long LONGEST_MS = 10_000;

  private static final int MOST_BYTES = 4096;

  private static final String REFUSED = "connection refused";

  private static final String CLOSES =
      "it closes connections at once: at its limit for one address (maxClientCnxns), or a proxy"
          + " without its server";

  private SilenceReason() {}

  /**
   * Asks all servers; takes some seconds at most.
   *
   * @param hosts the servers
   * @param tls whether TLS is spoken with them
   * @param waited for how long there was no answer, in milliseconds
   * @return one reason where it is that of all, else that of each after its name
   * @throws InterruptedException if the thread was interrupted
   */
  public static String of(Hosts hosts, boolean tls, long waited) throws InterruptedException {
    List<FutureTask<String>> answers = new ArrayList<>();
    List<CountDownLatch> names = new ArrayList<>();
    for (Hosts.Server server : hosts.servers()) {
      CountDownLatch named = new CountDownLatch(1);
      names.add(named);
      FutureTask<String> answer = new FutureTask<>(() -> ask(server, named, tls, waited));
      Thread thread = new Thread(answer, "ask");
      thread.setDaemon(true);
      thread.start();
      answers.add(answer);
    }
    long began = System.nanoTime();
    List<String> reasons = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      reasons.add(
          names.get(i).await(left(began, NAME_MS), TimeUnit.NANOSECONDS)
              ? reason(answers.get(i), left(began, LONGEST_MS), waited)
              : "the host name did not resolve in time");
    }
    return joined(hosts.servers(), reasons);
  }

  private static long left(long began, long millis) {
    return Math.max(0, began + TimeUnit.MILLISECONDS.toNanos(millis) - System.nanoTime());
  }

  private static String reason(FutureTask<String> answer, long nanos, long waited)
      throws InterruptedException {
    try {
      return answer.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return "no answer within " + waited + " ms";
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  static String joined(List<Hosts.Server> servers, List<String> reasons) {
    StringBuilder each = new StringBuilder();
    boolean same = true;
    for (int i = 0; i < reasons.size(); i++) {
      same &= reasons.get(i).equals(reasons.getFirst());
      each.append(i == 0 ? "" : "; ").append(servers.get(i)).append(": ").append(reasons.get(i));
    }
    return same ? reasons.getFirst() : each.toString();
  }

  /** {@code named} is counted down when the name has an address, or none. */
  private static String ask(Hosts.Server server, CountDownLatch named, boolean tls, long waited) {
    InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
    named.countDown();
    if (address.isUnresolved()) {
      return "host name " + server.host() + " does not resolve";
    }
    boolean closed = true;
    try (Socket socket = new Socket()) {
      socket.connect(address, PATIENCE_MS);
      if (tls) {
        return TlsProbe.speaksTls(address)
            ? "it shows a certificate, but there is no session yet"
            : "the server does not speak TLS on port " + server.port();
      }
      socket.setSoTimeout(PATIENCE_MS);
      socket.getOutputStream().write("srvr".getBytes(US_ASCII));
      String text = answer(socket);
      if (!text.isEmpty()) {
        String meaning = meaning(text);
        if (!meaning.isEmpty()) {
          return meaning;
        }
        closed = false;
      }
    } catch (ConnectException e) {
      return REFUSED;
    } catch (SocketTimeoutException e) {
      if (!isAccepted(address)) {
        return "no answer within " + waited + " ms";
      }
      closed = false;
    } catch (IOException e) {
      // It closed the connection with our question in it.
    }
    if (TlsProbe.speaksTls(address)) {
      return "the server speaks TLS on port " + server.port() + ": give --zk-tls";
    }
    return closed ? unasked(address) : stranger(address);
  }

  /**
   * What is told in time, and no more than ZooKeeper tells: others may go on for ever.
   *
   * @throws SocketTimeoutException if it is nothing at all
   */
  private static String answer(Socket socket) throws IOException {
    byte[] told = new byte[MOST_BYTES];
    int length = 0;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
    try {
      while (length < told.length) {
        int more = socket.getInputStream().read(told, length, told.length - length);
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        length += Math.max(0, more);
        if (more < 0 || left <= 0) {
          break;
        }
        socket.setSoTimeout(Math.toIntExact(left));
      }
    } catch (SocketTimeoutException e) {
      if (length == 0) {
        throw e;
      }
    }
    return new String(told, 0, length, US_ASCII);
  }

  private static String stranger(InetSocketAddress server) {
    return "something listens on port " + server.getPort() + " but does not answer as ZooKeeper";
  }

  /** What the answer to {@code srvr} means; empty if it is not ZooKeeper's. */
  static String meaning(String text) {
    if (text.contains("not currently serving")) {
      return "no quorum";
    } else if (text.contains("Mode: read-only")) {
      return "the server is read-only, it has no quorum";
    } else if (text.contains("Zookeeper version") || text.contains("whitelist")) {
      return "it answers, but there is no session yet";
    }
    return "";
  }

  private static boolean isAccepted(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, PATIENCE_MS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whoever speaks the protocol of ZooKeeper, or TLS, waits for the client's first words. */
  private static String unasked(InetSocketAddress server) {
    try (Socket socket = new Socket()) {
      socket.connect(server, PATIENCE_MS);
      socket.setSoTimeout(PATIENCE_MS);
      return socket.getInputStream().read() < 0 ? CLOSES : stranger(server);
    } catch (SocketTimeoutException e) {
      return stranger(server);
    } catch (ConnectException e) {
      return REFUSED;
    } catch (IOException e) {
      return CLOSES;
    }
  }
}
