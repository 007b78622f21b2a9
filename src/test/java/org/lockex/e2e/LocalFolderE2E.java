package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Poll;
import org.lockex.fixture.Ports;

/** {@code --local} is one lock for all processes of one user on one machine. */
class LocalFolderE2E {
  private static final String BELOW_HOME = ".local/state/lockex";

  private final LocalUser user;

  LocalFolderE2E() throws IOException {
    user = LocalUser.make();
  }

  @AfterEach
  void end_what_the_user_left() throws IOException {
    user.close();
  }

  @Test
  void the_environment_chooses_no_other_lock() throws IOException {
    Path state = user.make("elsewhere");
    Image.Running holder = holder(home());
    List<Map<String, String>> environments =
        List.of(
            home(),
            Map.of("HOME", "/"),
            Map.of(),
            Map.of("HOME", "/root"),
            Map.of("HOME", "relative"),
            Map.of("HOME", state.toString()),
            Map.of("HOME", "/", "XDG_STATE_HOME", state.toString(), "XDG_RUNTIME_DIR", "/"));
    for (Map<String, String> environment : environments) {
      Image.Result second = lockex(environment, "-n", "-i", "x", "--", "true");
      assertEquals(75, second.code(), () -> environment + ": " + second.err());
    }
    try (Stream<Path> made = Files.list(state)) {
      assertEquals(List.of(), made.toList());
    }
    end(holder);
  }

  @Test
  void a_folder_of_1_0_is_used_with_its_records_and_for_good() throws IOException {
    for (String belowHome : List.of(BELOW_HOME, "state/lockex")) {
      Path former = formerFolder(belowHome);
      Map<String, String> environment =
          belowHome.equals(BELOW_HOME)
              ? home()
              : Map.of("XDG_STATE_HOME", user.home().resolve("state").toString());
      String[] job = {"--once-per", "1h", "--skip-exit-code", "9", "-i", "job", "--", "true"};
      assertEquals(9, lockex(environment, job).code());
      assertEquals(9, lockex(Map.of("HOME", "/"), job).code());
      Image.Result status =
          user.start(Map.of(), Image.with(Image.bin("lockexctl"), "local", "status")).end();
      assertTrue(status.out().endsWith("; its folder is " + former + "\n"), status::out);
      forget(former);
    }
  }

  @Test
  void the_server_of_1_0_that_runs_is_used() throws IOException {
    Path former = formerFolder(BELOW_HOME);
    Image.Running server = server(former);
    // What a 1.0 wrote there is two words.
    Path address = former.resolve("server");
    String[] words = Files.readString(address).strip().split(" ");
    Files.writeString(address, words[0] + " " + words[1] + "\n");
    // As a lockex of 1.0 that found its server by HOME.
    Image.Running holder = holder(Map.of(), "--embedded", former.toString());
    assertEquals(75, lockex(home(), "-n", "-i", "x", "--", "true").code());
    assertEquals(75, lockex(Map.of(), "-n", "-i", "x", "--", "true").code());
    end(holder);
    assertEquals(0, lockex(Map.of(), "-n", "-i", "x", "--", "true").code());
    server.signal("TERM");
    server.end();
    assertEquals(0, lockex(Map.of(), "-n", "-i", "x", "--", "true").code());
  }

  @Test
  void two_folders_of_1_0_are_refused_and_named() throws IOException {
    Path one = formerFolder(BELOW_HOME);
    Path other = formerFolder("state/lockex");
    Map<String, String> both =
        Map.of(
            "HOME",
            user.home().toString(),
            "XDG_STATE_HOME",
            user.home().resolve("state").toString());
    Image.Result refused = lockex(both, "--", "true");
    assertEquals(69, refused.code());
    Image.assertOneLine(refused, "lockex: ", one.toString(), other.toString());
    // So it is when one was chosen where the other was not seen.
    assertEquals(0, lockex(home(), "--", "true").code());
    assertEquals(69, lockex(both, "--", "true").code());
    LocalUser.remove(other);
    assertEquals(0, lockex(both, "--", "true").code());
    // And what is in use is not begun anew where it cannot be seen.
    Files.move(one, one.resolveSibling("hidden"));
    Image.Result hidden = lockex(Map.of(), "--", "true");
    assertEquals(69, hidden.code());
    Image.assertOneLine(hidden, "lockex: ", one.toString(), "cannot be seen");
  }

  @Test
  void where_the_folder_is_a_service_s_own_it_is_refused() {
    List<String> world =
        List.of("unshare", "--mount", "sh", "-c", "mount -t tmpfs -o mode=1777 x /var/tmp; \"$@\"");
    Image.Result refused = below(world, "lockex", "--local", "--", "true");
    assertEquals(69, refused.code(), refused::err);
    Image.assertOneLine(refused, "lockex: ", user.folder().toString(), "PrivateTmp");
    assertFalse(Files.exists(user.folder()));
  }

  @Test
  void another_network_namespace_is_told() throws IOException {
    Image.Running holder = holder(home());
    List<String> world = List.of("unshare", "--net", "sh", "-c", "ip link set lo up; \"$@\"");
    Image.Result refused = below(world, "lockex", "--local", "-n", "-i", "x", "--", "true");
    assertEquals(69, refused.code());
    Image.assertOneLine(refused, "lockex: ", "another network namespace");
    // The one of 1.0 does not say where it is.
    Path address = user.folder().resolve("server");
    String[] words = Files.readString(address).strip().split(" ");
    Files.writeString(address, words[0] + " " + words[1] + "\n");
    refused = below(world, "lockex", "--local", "-n", "-i", "x", "--", "true");
    assertEquals(69, refused.code());
    Image.assertOneLine(refused, "lockex: ", "another network namespace");
    holder.signal("TERM");
    holder.end();
  }

  @Test
  void another_pid_namespace_shares_the_lock_and_stops_no_stranger() throws IOException {
    Image.Running holder = holder(home());
    List<String> world =
        List.of("unshare", "--pid", "--fork", "--mount-proc", "sh", "-c", "\"$@\"; exit $?");
    assertEquals(75, below(world, "lockex", "--local", "-n", "-i", "x", "--", "true").code());
    Image.Result refused = below(world, "lockexctl", "local", "stop");
    assertEquals(70, refused.code());
    Image.assertOneLine(refused, "lockexctl: ", "another PID namespace");
    end(holder);
  }

  private Map<String, String> home() {
    return Map.of("HOME", user.home().toString());
  }

  private Image.Result lockex(Map<String, String> environment, String... args) {
    List<String> command = new ArrayList<>(List.of(Image.bin("lockex"), "--local"));
    command.addAll(List.of(args));
    return user.start(environment, command).end();
  }

  private Image.Result below(List<String> world, String program, String... args) {
    List<String> words = new ArrayList<>(world);
    words.add("sh"); // its name, $0
    return user.start(words, Map.of(), Image.with(Image.bin(program), args)).end();
  }

  /** Holds the lock {@code x} until it is ended, also where the machine has much else to do. */
  private Image.Running holder(Map<String, String> environment) {
    return holder(environment, "--local");
  }

  private Image.Running holder(Map<String, String> environment, String... servers) {
    Path held = user.home().resolve("held");
    List<String> command = Image.with(Image.bin("lockex"), servers);
    command.addAll(List.of("--session-timeout", "20", "-i", "x", "-s", "--"));
    command.add("echo > " + held + "; exec sleep 60");
    Image.Running holder = user.start(environment, command);
    Poll.until("held", () -> Files.exists(held));
    return holder;
  }

  private static void end(Image.Running holder) {
    holder.signal("TERM");
    assertEquals(143, holder.end().code());
  }

  /** A folder as 1.0 left it, in which {@code job} was run a moment ago. */
  private Path formerFolder(String belowHome) throws IOException {
    Path former = user.make(belowHome);
    Image.Running server = server(former);
    Image.Result run =
        user.run(
            "lockex",
            "--embedded",
            former.toString(),
            "--once-per",
            "1h",
            "-i",
            "job",
            "--",
            "true");
    assertEquals(0, run.code(), run::err);
    server.signal("TERM");
    server.end();
    return former;
  }

  /** The server of {@code --local} on this folder, as 1.0 started it. */
  private Image.Running server(Path folder) throws IOException {
    Path secret = folder.resolve("secret");
    if (!Files.exists(secret)) {
      Files.writeString(secret, "5ec7e7");
      Files.setAttribute(secret, "unix:mode", 0600);
      user.own(secret);
    }
    Files.deleteIfExists(folder.resolve("server"));
    String nobody = Integer.toString(Ports.free());
    Image.Running server =
        user.start(
            Map.of(),
            List.of(
                Image.HOME.resolve("lib/local-server").toString(), folder.toString(), nobody, "0"));
    Poll.until("it serves", () -> Files.exists(folder.resolve("server")));
    return server;
  }

  private void forget(Path former) throws IOException {
    user.run("lockexctl", "local", "stop");
    LocalUser.remove(former);
    LocalUser.remove(user.folder());
  }
}
