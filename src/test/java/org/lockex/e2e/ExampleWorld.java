package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.lockex.fixture.Programs;

/**
 * Where the examples of the pages run as they stand there: name spaces of their own, in which zk1,
 * zk2 and zk3 are a real ZooKeeper on port 2181 and the programs named are short scripts. Needs
 * root (unshare(1)).
 *
 * @param folder an empty one, where the examples run
 */
record ExampleWorld(Path folder) {
  /** Those that say their names and words. */
  private static final List<String> PROGRAMS =
      List.of(
          "redis-server", "backup.sh", "report.sh", "dump", "make", "sync-mirror", "hourly-report");

  /** Makes a program that the examples find, in place of one that would be there. */
  void program(String name, String script) throws IOException {
    Path file = Files.createDirectories(folder.resolve("bin")).resolve(name);
    if (!Files.exists(file)) {
      Files.writeString(file, "#!/bin/sh\n" + script);
      assertTrue(file.toFile().setExecutable(true, false));
    }
  }

  /** Makes supervisord.conf with a program's section as a page has it; it logs to scheduler.log. */
  void supervisord(String section) throws IOException {
    Files.writeString(
        folder.resolve("supervisord.conf"),
        """
        [supervisord]
        nodaemon=true
        user=root
        logfile=/dev/null
        logfile_maxbytes=0
        pidfile=%1$s/supervisord.pid
        [unix_http_server]
        file=%1$s/supervisor.sock
        [rpcinterface:supervisor]
        supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
        [supervisorctl]
        serverurl=unix://%1$s/supervisor.sock
        %2$s
        stdout_logfile=%1$s/scheduler.log
        redirect_stderr=true
        """
            .formatted(folder, section.replace("/usr/lib/lockex", Image.HOME.toString())));
  }

  /** Runs a script of bash, which ends at its first error, and waits for its end. */
  Image.Result run(String script) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("zoo.cfg"),
            "tickTime=500\ndataDir="
                + folder
                + "/data\nclientPort=2181\nadmin.enableServer=false\n");
    return run(
        "127.0.0.1 localhost zk1 zk2 zk3\n",
        """
        %s -Xmx64m -XX:+UseSerialGC -Dzookeeper.jmx.log4j.disable=true -cp %s \\
          org.apache.zookeeper.server.quorum.QuorumPeerMain %s >%s/log 2>&1 &
        server=$!
        trap 'kill -9 $server' EXIT
        """
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                Programs.require(Programs.ZOOKEEPER),
                config,
                folder),
        script);
  }

  /** The same where zk1, zk2 and zk3 are three addresses, and have no ZooKeeper yet. */
  Image.Result runWithoutZooKeeper(String script) throws IOException {
    Programs.require(Programs.ZOOKEEPER);
    return run("127.0.0.1 localhost zk1\n127.0.0.2 zk2\n127.0.0.3 zk3\n", "", script);
  }

  private Image.Result run(String addresses, String servers, String script) throws IOException {
    Programs.require("ip", "supervisord", "supervisorctl", "curl");
    for (String program : PROGRAMS) {
      program(program, "echo ${0##*/} \"$@\"\n");
    }
    program(
        "scheduler",
        "exec 2> /dev/null\necho scheduler starts\ntrap 'echo scheduler ends; exit' TERM\nwhile :; do sleep 0.1; done\n");
    Path bin = folder.resolve("bin");
    Files.createSymbolicLink(bin.resolve("lockex"), Image.HOME.resolve("bin/lockex"));
    Path hosts = Files.writeString(folder.resolve("hosts"), addresses);
    Path world =
        Files.writeString(
            folder.resolve("world.sh"),
            """
            set -eu
            ip link set lo up
            mount --bind %1$s /etc/hosts
            mount --bind %2$s /usr/local/bin
            mount -t tmpfs tmpfs /var/lib
            %3$s
            cd %4$s
            bash -eu %4$s/examples.sh
            """
                .formatted(hosts, bin, servers, folder));
    Files.writeString(folder.resolve("examples.sh"), script);
    return Image.start(
            Map.of(
                "PATH",
                Image.HOME.resolve("bin") + ":/usr/local/bin:" + System.getenv("PATH"),
                "HOME",
                folder.toString()),
            new byte[0],
            List.of(
                "unshare",
                "--mount",
                "--net",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "bash",
                world.toString()))
        .end();
  }
}
