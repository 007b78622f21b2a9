package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.fixture.Poll;

/** {@code lockexctl watch}, into a file and in a real terminal, by tmux. */
class WatchE2E {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  @AutoClose private static final DebianZooKeeper server = new DebianZooKeeper();

  @TempDir Path folder;

  @AfterEach
  void close() {
    tmux("kill-server");
  }

  private Image.Running holder(String id, String... options) {
    Path held = folder.resolve(id + "-held");
    List<String> args = new ArrayList<>(List.of(options));
    args.addAll(List.of("-i", id, "-s", "--", "echo > " + held + "; exec sleep 60"));
    Image.Running holder = Image.startLockex(server.hosts(), args.toArray(String[]::new));
    Poll.until("held", PATIENCE, () -> Files.exists(held));
    return holder;
  }

  @Test
  void watch_says_what_happens_as_it_happens() throws IOException {
    Image.Running holder = holder("followed");
    Path log = Files.createFile(folder.resolve("watched"));
    Image.Running watch = Image.startSh(server.hosts(), "exec lockexctl watch followed > " + log);
    says(log, "holds", holder);
    Image.Running waiter = Image.startLockex(server.hosts(), "-i", "followed", "--", "sleep", "60");
    says(log, "waits", waiter);
    holder.signal("TERM");
    holder.end();
    says(log, "released", holder);
    says(log, "acquired", waiter);
    waiter.signal("TERM");
    waiter.end();
    says(log, "released", waiter);
    watch.signal("TERM");
    assertEquals(143, watch.end().code());
    assertEquals(5, Files.readAllLines(log).size(), () -> read(log));
  }

  private static void says(Path log, String event, Image.Running who) {
    Poll.until(
        event,
        PATIENCE,
        () ->
            read(log)
                .lines()
                .anyMatch(line ->
                    line.matches("\\S+Z followed " + event + " \\S+:" + who.pid() + " .*")));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void watch_on_a_terminal_keeps_a_screen_that_shows_how_it_is_now() {
    try (ZooKeeperTree tree = new ZooKeeperTree(server.hosts())) {
      tree.create("/many");
      for (int i = 10; i < 40; i++) { // more than the screen has lines
        tree.create("/many/z-" + i);
      }
    }
    watch("-p many");
    Image.Running holder = holder("z-00", "-p", "many");
    sees("z-00 +mutex +1 +0 +\\S+:" + holder.pid() + " \\S+ +.* /bin/sh -c echo .*");
    sees("LOCK +MODE .*");
    Image.Running waiter =
        Image.startLockex(server.hosts(), "-p", "many", "-i", "z-00", "--", "sleep", "60");
    sees("z-00 +mutex +1 +1 .*");
    holder.signal("TERM");
    holder.end();
    sees("z-00 +mutex +1 +0 +\\S+:" + waiter.pid() + " .* sleep 60");
    waiter.signal("TERM");
    waiter.end();
    sees("z-10 .*");
    assertTrue(screen().getFirst().startsWith("LOCK "), () -> "" + screen());
    sees("21 more; / searches, q ends");
    assertEquals(12, screen().size());
    tmux("resize-window", "-x", "110", "-y", "20");
    sees("13 more; / searches, q ends");
    tmux("send-keys", "/");
    tmux("send-keys", "Z-39q");
    sees("/Z-39q_ +0 of 31 locks");
    tmux("send-keys", "BSpace");
    tmux("send-keys", "Enter");
    sees("/Z-39 +1 of 31 locks");
    sees("z-39 .*");
    assertEquals(3, screen().stream().filter(line -> !line.isEmpty()).count(), () -> "" + screen());
    tmux("send-keys", "Escape");
    sees("13 more; / searches, q ends");
    interrupt();
  }

  @Test
  void watch_of_one_lock_on_a_terminal_shows_its_queue() {
    watch("one");
    Image.Running holder = holder("one");
    Image.Running waiter = Image.startLockex(server.hosts(), "-i", "one", "--", "true");
    sees("1 +waits +\\S+:" + waiter.pid() + " .*");
    holder.signal("TERM");
    holder.end();
    waiter.end();
    sees("one: .*, 0 holders, 0 waiting");
    interrupt();
  }

  @Test
  void q_ends_the_watch_and_the_terminal_is_as_it_was() {
    tmux("new-session", "-d", "-x", "110", "-y", "12", "exec bash --norc --noprofile");
    tmux("send-keys", "echo before", "Enter");
    sees("before");
    sees("bash-.*[#$]");
    List<String> screen = screen();
    String modes = modes();
    tmux("send-keys", Image.bin("lockexctl") + " watch -z " + server.hosts() + " none", "Enter");
    sees("none: not in use.*");
    tmux("send-keys", "x");
    tmux("send-keys", "q");
    sees("bash-.*[#$]");
    assertEquals(screen.subList(0, 2), screen().subList(0, 2));
    assertEquals(modes, modes());
  }

  /** What stty says of the terminal, typed at its shell. */
  private String modes() {
    Path file = folder.resolve("modes" + System.nanoTime());
    tmux("send-keys", "stty -a > " + file + ".new; mv " + file + ".new " + file, "Enter");
    Poll.until("modes", PATIENCE, () -> Files.exists(file));
    return read(file);
  }

  private void watch(String arguments) {
    tmux("new-session", "-d", "-x", "110", "-y", "12", "exec bash --norc --noprofile");
    tmux(
        "send-keys",
        Image.bin("lockexctl") + " watch -z " + server.hosts() + " " + arguments,
        "Enter");
  }

  /** Waits until a line of the screen is of this form. */
  private void sees(String form) {
    Poll.until(form, PATIENCE, () -> screen().stream().anyMatch(line -> line.matches(form)));
  }

  private List<String> screen() {
    return tmux("capture-pane", "-p").lines().map(String::stripTrailing).toList();
  }

  /** Ends the watch, after which the terminal is as it was: a long line goes on in the next. */
  private void interrupt() {
    tmux("send-keys", "C-c");
    sees("bash-.*[#$]");
    tmux("send-keys", "clear; printf '%0120d\\n' 0 | tr 0 x", "Enter");
    sees("x{110}");
    sees("x{10}");
  }

  private String tmux(String... arguments) {
    List<String> command = Image.with("tmux", "-f", "/dev/null", "-S", folder + "/tmux");
    command.addAll(List.of(arguments));
    return Image.start(Map.of(), new byte[0], command).end().out();
  }
}
