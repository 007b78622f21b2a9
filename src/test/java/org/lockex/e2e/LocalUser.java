package org.lockex.e2e;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.lockex.fixture.Poll;

/**
 * A user of this machine for one test, whom no other program knows: nothing in the environment
 * gives {@code --local} another folder than the user's own.
 */
final class LocalUser implements AutoCloseable {
  /** Between those of people and those that systemd gives away. */
  private static final int FIRST = 20_000;

  private static final int LAST = 60_000;

  private final int uid;
  private final Path home;

  private LocalUser(int uid, Path home) {
    this.uid = uid;
    this.home = home;
  }

  /** A new one, with an empty home; the user database knows neither. */
  static LocalUser make() throws IOException {
    int uid;
    do {
      uid = ThreadLocalRandom.current().nextInt(FIRST, LAST);
    } while (Files.exists(folder(uid)));
    LocalUser user = new LocalUser(uid, Files.createTempDirectory("lockex-home"));
    user.own(user.home);
    return user;
  }

  Path home() {
    return home;
  }

  /** Where the state of {@code --local} is. */
  Path folder() {
    return folder(uid);
  }

  private static Path folder(int uid) {
    return Path.of("/var/tmp/lockex-" + uid);
  }

  /** Gives this and what is below to the user. */
  void own(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, "unix:uid", uid);
      }
    }
  }

  /** A folder of the user, with those above it. */
  Path make(String belowHome) throws IOException {
    Path made = Files.createDirectories(home.resolve(belowHome));
    own(home);
    return made;
  }

  /** Runs a program of the image as this user, at home, and waits for its end. */
  Image.Result run(String program, String... args) {
    return start(program, args).end();
  }

  Image.Running start(String program, String... args) {
    return start(Map.of("HOME", home.toString()), Image.with(Image.bin(program), args));
  }

  /** Starts a command as this user with this environment and no other HOME. */
  Image.Running start(Map<String, String> environment, List<String> command) {
    return start(List.of(), environment, command);
  }

  /** The same below a command of root, {@code unshare} for instance. */
  Image.Running start(List<String> below, Map<String, String> environment, List<String> command) {
    List<String> words = new ArrayList<>(below);
    words.addAll(becoming());
    environment.forEach((name, value) -> words.add(name + "=" + value));
    words.addAll(command);
    return Image.start(Map.of(), new byte[0], words);
  }

  /** The words before a command that make it run as this user, without HOME. */
  List<String> becoming() {
    String id = Integer.toString(uid);
    return List.of(
        "setpriv",
        "--reuid",
        id,
        "--regid",
        id,
        "--clear-groups",
        "env",
        "-u",
        "HOME",
        "-u",
        "XDG_STATE_HOME");
  }

  /** Ends whatever of this user runs, and removes what it left. */
  @Override
  public void close() throws IOException {
    for (long pid : processes()) {
      Image.kill("KILL", pid);
    }
    Poll.until("they are gone", Duration.ofSeconds(10), () -> processes().isEmpty());
    remove(folder());
    remove(home);
  }

  private List<Long> processes() {
    return ProcessHandle.allProcesses().map(ProcessHandle::pid).filter(this::isOurs).toList();
  }

  private boolean isOurs(long pid) {
    try {
      return Files.getAttribute(Path.of("/proc", Long.toString(pid)), "unix:uid").equals(uid);
    } catch (IOException e) {
      return false; // ended since
    }
  }

  /** Removes this and what is below. */
  static void remove(Path path) throws IOException {
    if (Files.exists(path)) {
      try (Stream<Path> files = Files.walk(path)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
  }
}
