package org.lockex.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which folder has the state of this user on this machine. It is found by uid and machine-id and by
 * nothing that differs between a terminal, a cron job and a service, for two folders are two locks.
 *
 * <p>Version 1.0 went by XDG_STATE_HOME and HOME. Where its folder is somewhere else, a link to it
 * is left here once, and it is used where it is: so is its server, and 1.0 goes on using it, too.
 *
 * @param base the folder of this uid
 * @param machine the machine-id; without one the base is taken for that of this machine
 * @param former where 1.0 may have left a folder, as far as this process can tell
 */
record UserState(Path base, Optional<String> machine, List<Path> former) {
  /** In the folder of the uid, for the case that machines share it; and wherever it was decided. */
  private static final String MACHINE = "machine";

  private static final String NO_MACHINE = "none";

  /** The link to a folder of 1.0. A link has no encoding that a cron job could lack. */
  private static final String FOLDER = "folder";

  /**
   * That of the user of this process.
   *
   * @param environment looks up a variable, empty where it is not set; for folders of 1.0 only
   * @throws LocalException if it cannot be the one of all this user's processes
   */
  static UserState ofThisUser(Function<String, Optional<String>> environment)
      throws IOException, LocalException {
    int uid = StateFolder.uid();
    List<Path> former = new ArrayList<>();
    add(former, environment.apply("XDG_STATE_HOME").orElse(""), "lockex");
    String base = "/var/lib/lockex";
    if (uid != 0) {
      base = "/var/tmp/lockex-" + uid; // outlives a boot, and needs no home
      add(former, environment.apply("HOME").orElse(""), ".local/state/lockex");
      add(former, System.getProperty("user.home", ""), ".local/state/lockex"); // getpwuid(3)
    }
    if (MountTable.isPrivate(real(Path.of(base)).toString())) {
      throw refusal(
          base,
          "is not the machine's but of this service alone (PrivateTmp?), so its locks would be too:"
              + " use lockexd --embedded");
    }
    return new UserState(Path.of(base), MachineId.read(), former);
  }

  /** As far as it is there: a machine's /var/tmp may be a link to /tmp. */
  private static Path real(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null || Files.exists(path)) {
      return path.toRealPath();
    }
    return real(parent).resolve(path.getFileName());
  }

  private static void add(List<Path> former, String home, String below) {
    if (home.startsWith("/")) {
      former.add(Path.of(home).resolve(below));
    }
  }

  /**
   * {@return the folder, with nothing made or decided}
   *
   * @throws LocalException if it cannot be told which it is
   */
  StateFolder find() throws IOException, LocalException {
    StateFolder place = place();
    Optional<StateFolder> decided = decided(place);
    StateFolder state = decided.isPresent() ? decided.get() : choose(place).orElse(place);
    refuseOthers(state);
    return state;
  }

  /**
   * {@return the folder, which all who ask from now on are given}
   *
   * @throws LocalException if it cannot be told which it is
   * @throws IOException if it cannot be made
   */
  StateFolder claim() throws IOException, LocalException {
    new StateFolder(base).create();
    StateFolder place = place();
    Optional<StateFolder> decided = decided(place);
    StateFolder state = decided.isPresent() ? decided.get() : decide();
    refuseOthers(state);
    return state;
  }

  private StateFolder place() throws IOException {
    Optional<String> first = new StateFolder(base).note(MACHINE);
    boolean ours =
        first.isEmpty()
            || machine.isEmpty()
            || first.get().equals(NO_MACHINE)
            || first.equals(machine);
    return new StateFolder(ours ? base : base.resolve(machine.get()));
  }

  private static Optional<StateFolder> decided(StateFolder place)
      throws IOException, LocalException {
    Path link = place.path().resolve(FOLDER);
    if (place.note(MACHINE).isEmpty()) {
      return Optional.empty();
    }
    if (Files.isSymbolicLink(link)) {
      if (!Files.isDirectory(link)) {
        throw refusal(
            Files.readSymbolicLink(link).toString(),
            "has the state and cannot be seen from here; if it was deleted, delete " + link);
      }
      return Optional.of(new StateFolder(link));
    }
    return place.isUsed() ? Optional.of(place) : Optional.empty();
  }

  /** One process at a time, and no 1.0 that starts a server here meanwhile. */
  private StateFolder decide() throws IOException, LocalException {
    try (FileChannel _ = new StateFolder(base).lockToStart()) {
      StateFolder place = place();
      place.create();
      Optional<StateFolder> faster = decided(place);
      if (faster.isPresent()) {
        return faster.get();
      }
      Optional<StateFolder> chosen = choose(place);
      StateFolder state = place;
      if (chosen.isPresent() && !chosen.get().equals(place)) {
        Path link = place.path().resolve(FOLDER);
        Files.deleteIfExists(link); // of one that was killed here
        Files.createSymbolicLink(link, chosen.get().path().toRealPath());
        state = new StateFolder(link);
      } else {
        place.secret();
      }
      // Last: it says that the rest is there.
      place.note(MACHINE, machine.orElse(NO_MACHINE));
      return state;
    }
  }

  /** The one that was used before, if any; of two nobody can say which locks and runs count. */
  private Optional<StateFolder> choose(StateFolder place) throws IOException, LocalException {
    Optional<StateFolder> found = place.isUsed() ? Optional.of(place) : Optional.empty();
    for (Path path : former) {
      StateFolder folder = new StateFolder(path);
      if (found.isEmpty() && folder.isUsed()) {
        found = Optional.of(folder);
      }
    }
    if (found.isPresent()) {
      refuseOthers(found.get());
    } else if (place.note(MACHINE).isPresent()) {
      throw refusal(
          place.path().resolve(FOLDER).toString(),
          "is gone, the link to the state that version 1.0 left: start lockex once with the"
              + " XDG_STATE_HOME of then, or delete "
              + base
              + " to begin anew");
    }
    return found;
  }

  private void refuseOthers(StateFolder state) throws IOException, LocalException {
    for (Path path : former) {
      if (new StateFolder(path).isUsed() && !Files.isSameFile(path, state.path())) {
        throw refusal(
            path.toString(),
            "was used by version 1.0, beside "
                + state.path().toRealPath()
                + ", with locks and runs of its own: once nothing runs there, delete the one that is"
                + " not needed");
      }
    }
  }

  private static LocalException refusal(String file, String why) {
    return new LocalException("use the local server: " + file + " " + why);
  }
}
