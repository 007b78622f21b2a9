package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Ports;

/** Nobody reads what the programs say: a pipe that is full, a terminal after Ctrl-S. */
class UnreadStderrE2E {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper(2000);

  @TempDir Path folder;
  private String socket = "";
  private final List<Image.Running> started = new ArrayList<>();

  @AfterEach
  void end() {
    for (Image.Running running : started) {
      running.process().descendants().forEach(ProcessHandle::destroyForcibly);
      running.process().destroyForcibly();
      running.end();
    }
    tmux("kill-server");
  }

  /** Runs a script in whose descriptor 3 no byte has room; what is in it can be read at "pipe". */
  private Image.Running startWithFullPipe(String hosts, String script) {
    Image.Running running =
        Image.startSh(
            hosts,
            "cd %s && mkfifo pipe && exec 3<>pipe && head -c 65536 /dev/zero >&3 && touch full && %s"
                .formatted(folder, script));
    started.add(running);
    return running;
  }

  private Image.Running holder(String id) {
    Image.Running holder =
        Image.startLockex(
            server.hosts(), "-i", id, "-s", "--", "touch " + folder + "/held; exec sleep 60");
    started.add(holder);
    awaitFile("held");
    return holder;
  }

  private void awaitFile(String name) {
    Poll.until(name, PATIENCE, () -> Files.exists(folder.resolve(name)));
  }

  private void awaitQueue(String id, int length) {
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      Poll.until("queue", PATIENCE, () -> tree.contenders("/lockex/" + id).size() == length);
    }
  }

  @Test
  void a_waiter_whose_turn_comes_runs_and_its_words_are_there_for_who_reads_later()
      throws IOException {
    Image.Running holder = holder("turn");
    Image.Running waiter =
        startWithFullPipe(
            server.hosts(), "exec lockex -v -i turn -s -- 'touch ran; exec sleep 60' 2>&3");
    awaitQueue("turn", 2);
    holder.signal("TERM");
    awaitFile("ran");
    Path read = folder.resolve("read");
    started.add(Image.startSh("", "exec cat " + folder + "/pipe > " + read));
    Poll.until("its words", PATIENCE, () -> Files.readString(read).contains(" acquired after "));
    waiter.signal("TERM");
    assertEquals(143, waiter.end().code());
  }

  @Test
  void a_signal_ends_a_waiter() {
    holder("signalled");
    Image.Running waiter =
        startWithFullPipe(server.hosts(), "exec lockex -v -i signalled -- true 2>&3");
    awaitQueue("signalled", 2);
    waiter.signal("TERM");
    assertEquals(143, waiter.end().code());
  }

  @Test
  @Tag("timed")
  void the_end_waits_half_a_second_at_most() {
    Image.Running missing =
        startWithFullPipe(
            server.hosts(),
            "lockex -i missing -- /no/such/program; s=$(date +%s%N);"
                + " lockex -i missing -- /no/such/program 2>&3; code=$?;"
                + " echo $((($(date +%s%N) - s) / 1000000)); exit $code");
    Image.Result result = missing.end();
    assertEquals(127, result.code());
    long took = Long.parseLong(result.out().strip());
    assertTrue(took >= 500 && took < 1500, () -> took + " ms");
  }

  @Test
  @Tag("waits")
  void a_holder_that_has_something_to_say_keeps_its_heartbeats() throws Exception {
    try (Proxy proxy = new Proxy(Integer.parseInt(server.hosts().replaceAll(".*:", "")))) {
      Image.Running holder =
          startWithFullPipe(
              proxy.hosts(),
              "exec lockex -v --session-timeout 4s -i beats -s --"
                  + " 'touch ran; exec sleep 60' 2>&3");
      awaitFile("ran");
      for (int i = 0; i < 3; i++) {
        proxy.goSilent();
        Thread.sleep(1_000); // longer than after what a silent server is left, and told of
        proxy.heal();
        Thread.sleep(3_000);
      }
      assertTrue(holder.process().isAlive(), "the command was ended");
      holder.signal("TERM");
      assertEquals(143, holder.end().code());
    }
  }

  @Test
  void a_waiter_on_a_terminal_that_was_stopped_runs_when_its_turn_comes() throws IOException {
    Image.Running holder = holder("stopped");
    tmux("new-session", "-d", "-x", "100", "-y", "12", "exec bash --norc --noprofile");
    String lockex = Image.bin("lockex");
    tmux(
        "send-keys",
        "cd %s; stty ixon; ZKHOSTS=%s %s -i stopped -- touch ran; echo $? > code"
            .formatted(folder, server.hosts(), lockex),
        "Enter");
    Poll.until(
        "the line is shown", PATIENCE, () -> tmux("capture-pane", "-p").contains("waiting 1"));
    tmux("send-keys", "C-s");
    awaitQueue("stopped", 2);
    pause(); // in which the line is drawn again
    holder.signal("TERM");
    awaitFile("ran");
    awaitFile("code");
    Poll.until("its code", PATIENCE, () -> Files.readString(folder.resolve("code")).equals("0\n"));
  }

  @Test
  void lockexd_goes_on_granting() throws Exception {
    int port = Ports.free();
    Image.Running daemon =
        startWithFullPipe(
            "", "exec lockexd --debug -z %s -l 127.0.0.1:%d 2>&3".formatted(server.hosts(), port));
    String url = "http://127.0.0.1:" + port;
    String curl = "curl -s -o /dev/null -w '%{http_code}' ";
    Poll.until("ready", PATIENCE, () -> Image.sh("", curl + url + "/readyz").out().equals("200"));
    for (int i = 0; i < 20; i++) {
      String body = " -d '{\"title\":\"t\",\"wait\":1,\"lifetime\":60}' ";
      assertEquals("201", Image.sh("", curl + body + url + "/locks/r" + i).out());
    }
    daemon.signal("TERM");
    assertEquals(0, daemon.end().code());
  }

  @Test
  void lockexd_starts_and_grants_while_nobody_reads_the_FIFO_of_LOG_FILE() throws Exception {
    Path fifo = folder.resolve("log");
    Image.sh("", "mkfifo " + fifo);
    Path config = folder.resolve("lockserver.conf");
    Files.writeString(config, "[general]\nLOG_FILE=" + fifo + "\nLOGLEVEL=debug\n");
    try (Lockexd daemon =
        new Lockexd("-z", server.hosts(), "--config", config.toString(), "--debug")) {
      assertEquals(201, daemon.acquire("fifo", 30, 60).statusCode());
      Image.Result read = Image.sh("", "timeout 10 head -n 1 " + fifo);
      assertTrue(read.out().contains("INFO"), "a reader who comes later gets it: " + read.out());
    }
  }

  @Test
  void a_watch_that_nobody_reads_ends_when_told_to() {
    holder("watched");
    Image.Running watch = startWithFullPipe(server.hosts(), "exec lockexctl watch watched >&3");
    awaitFile("full");
    pause();
    watch.signal("TERM");
    assertEquals(143, watch.end().code());
  }

  @Test
  void a_watch_on_a_terminal_that_was_stopped_ends_when_told_to() throws IOException {
    holder("screen");
    String watch =
        "cd %s; stty ixon; ZKHOSTS=%s %s watch screen; echo $? > code"
            .formatted(folder, server.hosts(), Image.bin("lockexctl"));
    for (String end : List.of("q", "TERM")) {
      socket = folder + "/tmux-" + end; // a server that ends takes what comes to its socket along
      tmux("new-session", "-d", "-x", "100", "-y", "12", "exec bash --norc --noprofile");
      Poll.until("a shell", PATIENCE, () -> tmux("capture-pane", "-p").contains("bash-"));
      tmux("send-keys", watch, "Enter");
      Poll.until("the screen", PATIENCE, () -> tmux("capture-pane", "-p").contains("mutex"));
      tmux("send-keys", "C-s");
      pause();
      if (end.equals("q")) {
        tmux("send-keys", "q");
      } else {
        Image.sh(
            "", "kill $(ps -o pid= --ppid $(tmux -S " + socket + " list-panes -F '#{pane_pid}'))");
      }
      awaitFile("code");
      String code = end.equals("q") ? "0\n" : "143\n";
      Poll.until(code, PATIENCE, () -> Files.readString(folder.resolve("code")).equals(code));
      Files.delete(folder.resolve("code"));
      tmux("kill-server");
    }
  }

  private static void pause() {
    try {
      Thread.sleep(2_500);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private String tmux(String... arguments) {
    List<String> command = Image.with("tmux", "-f", "/dev/null", "-S", socket);
    command.addAll(List.of(arguments));
    return Image.start(Map.of(), new byte[0], command).end().out();
  }
}
