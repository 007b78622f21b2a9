package org.lockex.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which folder {@code --local} uses; the folders are real, the machine-ids are made up. */
class UserStateIT {
  private static final Optional<String> MACHINE = Optional.of("a".repeat(32));
  private static final Optional<String> OTHER = Optional.of("b".repeat(32));

  @TempDir Path folder;

  @Test
  void the_first_use_decides_for_all_others() throws Exception {
    assertEquals(base(), state(MACHINE).find().path());
    assertFalse(Files.exists(base()), "who only looks leaves nothing");
    assertEquals(base(), state(MACHINE).claim().path());
    assertEquals(base(), state(MACHINE).claim().path());
    assertEquals(base(), state(MACHINE).find().path());
  }

  @Test
  void machines_that_share_a_folder_have_one_each() throws Exception {
    assertEquals(base(), state(MACHINE).claim().path());
    Path second = state(OTHER).claim().path();
    assertEquals(base().resolve(OTHER.orElseThrow()), second);
    assertEquals(second, state(OTHER).find().path());
    assertEquals(base(), state(MACHINE).claim().path());
  }

  @Test
  void a_machine_without_an_id_is_never_taken_for_another_one() throws Exception {
    assertEquals(base(), state(Optional.empty()).claim().path());
    assertEquals(base(), state(MACHINE).claim().path(), "an id that came later");
    assertEquals(base(), state(Optional.empty()).claim().path());
  }

  @Test
  void an_id_that_cannot_be_read_is_none_or_a_fault() throws Exception {
    Path id = folder.resolve("id");
    assertEquals(Optional.empty(), MachineId.read(id));
    for (String none : List.of("", "uninitialized\n", "a".repeat(31) + "g", "a".repeat(33))) {
      Files.writeString(id, none);
      assertEquals(Optional.empty(), MachineId.read(id));
    }
    Files.writeString(id, MACHINE.orElseThrow() + "\n");
    assertEquals(MACHINE, MachineId.read(id));
    assertThrows(IOException.class, () -> MachineId.read(folder));
  }

  @Test
  void a_folder_of_1_0_at_the_same_place_is_used() throws Exception {
    new StateFolder(Files.createDirectories(base())).secret();
    assertEquals(base(), state(MACHINE).find().path());
    assertEquals(base(), state(MACHINE).claim().path());
  }

  @Test
  void a_folder_of_1_0_is_used_where_it_is_also_by_who_does_not_see_it() throws Exception {
    Path former = former("former");
    assertEquals(former, state(MACHINE, former).find().path());
    assertSame(former, state(MACHINE, folder.resolve("none"), former).claim());
    assertSame(former, state(MACHINE).claim());
    assertSame(former, state(MACHINE).find());
    assertNotEquals(base(), state(MACHINE).find().path());
  }

  @Test
  void a_folder_of_1_0_that_appears_later_is_refused() throws Exception {
    state(MACHINE).claim();
    Path former = former("former");
    assertRefused(state(MACHINE, former), former.toString());
    assertThrows(LocalException.class, () -> state(MACHINE, former).find());
    assertEquals(base(), state(MACHINE).claim().path());
  }

  @Test
  void of_two_of_1_0_none_is_chosen() throws Exception {
    Path one = former("one");
    Path two = former("two");
    assertRefused(state(MACHINE, one, two), two.toString());
    assertSame(two, state(MACHINE, two, two).claim());
    Path link = Files.createSymbolicLink(folder.resolve("link"), two);
    assertSame(two, state(MACHINE, link).claim());
  }

  /** Needs root, as much else does. */
  @Test
  void a_folder_of_another_user_is_none_of_1_0() throws Exception {
    Path former = former("former");
    Files.setAttribute(former.resolve("secret"), "unix:uid", 4321);
    assertEquals(base(), state(MACHINE, former).claim().path());
  }

  @Test
  void what_is_in_use_is_not_begun_anew_where_it_is_out_of_sight() throws Exception {
    Path former = former("former");
    state(MACHINE, former).claim();
    Path hidden = Files.move(former, folder.resolve("hidden"));
    assertRefused(state(MACHINE), former.toString());
    Files.move(hidden, former);
    assertSame(former, state(MACHINE).claim());
    Files.delete(base().resolve("folder"));
    assertRefused(state(MACHINE), "is gone");
    assertSame(former, state(MACHINE, former).claim());
  }

  @Test
  void one_who_was_killed_while_he_decided_leaves_it_open() throws Exception {
    Path former = former("former");
    Files.createDirectories(base());
    Files.createSymbolicLink(base().resolve("folder"), folder.resolve("nowhere"));
    assertSame(former, state(MACHINE, former).claim());
  }

  @Test
  void its_files_have_what_keeps_systemd_tmpfiles_away() throws Exception {
    StateFolder state = state(MACHINE).claim();
    Files.writeString(Files.createDirectories(state.data()).resolve("log.1"), "");
    state.keep();
    for (String file : List.of("machine", "secret", "data/log.1")) {
      int mode = (Integer) Files.getAttribute(base().resolve(file), "unix:mode");
      assertTrue((mode & 01000) != 0, file);
    }
  }

  private Path base() {
    return folder.resolve("base");
  }

  private UserState state(Optional<String> machine, Path... former) {
    return new UserState(base(), machine, List.of(former));
  }

  private Path former(String name) throws IOException {
    Path path = Files.createDirectory(folder.resolve(name));
    new StateFolder(path).secret();
    return path;
  }

  private static void assertSame(Path expected, StateFolder state) throws IOException {
    assertTrue(Files.isSameFile(expected, state.path()), () -> "" + state.path());
  }

  private static void assertRefused(UserState state, String word) {
    LocalException e = assertThrows(LocalException.class, state::claim);
    assertTrue(String.valueOf(e.getMessage()).contains(word), e::getMessage);
  }
}
