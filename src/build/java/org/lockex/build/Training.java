package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;

/** The one run of a program that its AOT cache is made from. */
@FunctionalInterface
interface Training {
  void run(Trainee trainee) throws IOException, InterruptedException;

  /**
   * lockex waits for a lock that another holds, gets it, runs a command and releases: the whole hot
   * path, and the questions of {@code --once-per}.
   */
  static void lockex(Trainee trainee) throws IOException, InterruptedException {
    try (ZooKeeperServerEmbedded server = server(trainee.folder().resolve("zookeeper"))) {
      // By its name, as people have it: an address needs less. With a record to read and a period
      // that
      // is over.
      String hosts = address(server).replace("127.0.0.1", "localhost");
      List<String> options = List.of("--once-per", "1ms", "-z", hosts, "-i", "training", "--");
      Run.Running holder = trainee.original(options, "sh", "-c", "echo holds; read -r end");
      holder.awaitLine("holds");
      Run.Running waiter = trainee.start(List.of("-v"), options, "true");
      waiter.awaitLine("waiting for lock");
      Thread.sleep(1500); // for what is done ahead by whoever waits
      holder.process().getOutputStream().write("end\n".getBytes(UTF_8));
      holder.process().getOutputStream().close();
      holder.end();
      waiter.end();
    }
  }

  /** lockexd grants and releases a lock in every dialect, and is asked how it does. */
  static void lockexd(Trainee trainee) throws IOException, InterruptedException {
    try (ZooKeeperServerEmbedded server = server(trainee.folder().resolve("zookeeper"));
        HttpClient client = HttpClient.newHttpClient()) {
      int port = freePort();
      Run.Running gateway =
          trainee.start(List.of("-v"), List.of("-z", address(server), "-l", "127.0.0.1:" + port));
      gateway.awaitLine("listening");
      URI base = URI.create("http://127.0.0.1:" + port);
      for (String path : List.of("/readyz", "/", "/metrics", "/PING", "/LOCK/a/b", "/UNLOCK/a/b")) {
        ask(client, HttpRequest.newBuilder(base.resolve(path)));
      }
      for (int i = 0; i < 20; i++) {
        HttpRequest.BodyPublisher body =
            BodyPublishers.ofString("{\"title\":\"t\",\"wait\":1,\"lifetime\":9}");
        ask(client, HttpRequest.newBuilder(base.resolve("/locks/a")).POST(body))
            .headers()
            .firstValue("Location")
            .ifPresent(lock -> release(client, URI.create(lock)));
      }
      ask(
          client,
          HttpRequest.newBuilder(base.resolve("/RPC2"))
              .POST(
                  BodyPublishers.ofString(
                      "<methodCall><methodName>lock.list</methodName></methodCall>")));
      // Process.destroy closes the pipes too, and what writes the cache then has nowhere to say so.
      gateway.process().toHandle().destroy();
      gateway.end();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void release(HttpClient client, URI lock) {
    try {
      ask(client, HttpRequest.newBuilder(lock).DELETE());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static HttpResponse<String> ask(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The local server starts, serves one run of lockex and stops. */
  static void localServer(Trainee trainee) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(trainee.folder().resolve("state"));
    try (ServerSocket ready = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ready.setSoTimeout(60_000);
      Run.Running server =
          trainee.start(
              List.of(folder.toString()),
              List.of(Integer.toString(ready.getLocalPort()), "0"),
              "500");
      ready.accept().close();
      String port = Files.readString(folder.resolve("server")).split(" ")[0];
      try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port))) {
        // It stays while somebody is connected, however long lockex takes to start.
        trainee.other("lockex", Map.of(), "--embedded", folder.toString(), "--", "true").end();
      }
      server.end();
    }
  }

  private static ZooKeeperServerEmbedded server(Path folder) throws IOException {
    Properties configuration = new Properties();
    configuration.setProperty("clientPort", "0");
    configuration.setProperty("clientPortAddress", "127.0.0.1");
    configuration.setProperty("admin.enableServer", "false");
    try {
      ZooKeeperServerEmbedded server =
          ZooKeeperServerEmbedded.builder()
              .baseDir(Files.createDirectories(folder))
              .configuration(configuration)
              .exitHandler(ExitHandler.LOG_ONLY)
              .build();
      server.start();
      return server;
    } catch (Exception e) {
      throw new IOException("start ZooKeeper for the training", e);
    }
  }

  private static String address(ZooKeeperServerEmbedded server) throws IOException {
    try {
      return server.getConnectionString();
    } catch (Exception e) {
      throw new IOException("find the address of ZooKeeper for the training", e);
    }
  }
}
