package org.lockex.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;

/** The one run of a program that its AOT cache is made from. */
@FunctionalInterface
interface Training {
  void run(Trainee trainee) throws IOException, InterruptedException;

  /**
   * lockex waits for a lock that another holds, gets it, runs a command and releases: the whole hot
   * path.
   */
  static void lockex(Trainee trainee) throws IOException, InterruptedException {
    try (ZooKeeperServerEmbedded server = server(trainee.folder().resolve("zookeeper"))) {
      List<String> options = List.of("-z", address(server), "-i", "training", "--");
      Run.Running holder = trainee.original(options, "sh", "-c", "echo holds; read -r end");
      holder.awaitLine("holds");
      Run.Running waiter = trainee.start(List.of("-v"), options, "true");
      waiter.awaitLine("waiting for lock");
      holder.process().getOutputStream().write("end\n".getBytes(UTF_8));
      holder.process().getOutputStream().close();
      holder.end();
      waiter.end();
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
