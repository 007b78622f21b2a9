package org.lockex.inspect.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lockex.cli.FileWords;

class WholeFileTest {
  @TempDir Path folder;

  private Path link(String name, String target) throws IOException {
    return Files.createSymbolicLink(folder.resolve(name), Path.of(target));
  }

  @AfterEach
  void nothing_is_left() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      assertEquals(List.of(), all.filter(one -> one.toString().endsWith(".tmp")).toList());
    }
  }

  @Test
  void what_a_link_leads_to_is_replaced_and_the_link_stays() throws IOException {
    Path there = Files.createDirectory(folder.resolve("there"));
    Path old = Files.writeString(there.resolve("old"), "old");
    link("second", "there/old");
    Path first = link("first", "second");
    new WholeFile(first).write("new");
    assertEquals("new", Files.readString(old));
    assertTrue(Files.isSymbolicLink(first));
    Path dangling = link("dangling", "there/../there/made");
    new WholeFile(dangling).write("made");
    assertEquals("made", Files.readString(there.resolve("made")));
    assertTrue(Files.isSymbolicLink(dangling));
  }

  @Test
  void what_is_no_file_is_left_as_it_is() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Path empty = Files.createDirectory(folder.resolve("empty"));
    for (Path name : List.of(pipe, link("to-pipe", "pipe"))) {
      assertEquals(Optional.of("is no regular file"), new WholeFile(name).hindrance());
      assertEquals("is no regular file", why(name));
    }
    for (Path name : List.of(Path.of("/"), Path.of("."), empty)) {
      assertEquals(Optional.of("is a directory"), new WholeFile(name).hindrance());
      assertEquals("is a directory", why(name));
    }
    assertEquals(Optional.empty(), new WholeFile(folder.resolve("new")).hindrance());
    assertTrue(Files.readAttributes(pipe, BasicFileAttributes.class).isOther());
  }

  @Test
  void what_fails_is_told_without_a_name_that_nobody_knows() throws IOException {
    assertEquals("its folder is not there", why(folder.resolve("missing/x")));
    assertEquals("its folder is not there", why(link("lost", "missing/x")));
    link("a", "b");
    assertTrue(why(link("b", "a")).startsWith("too many levels of symbolic links"));
    Path file = Files.writeString(folder.resolve("file"), "");
    assertEquals("not a directory", why(file.resolve("x")));
  }

  private static String why(Path name) {
    FileSystemException e =
        assertThrows(FileSystemException.class, () -> new WholeFile(name).write("text"));
    return FileWords.why(e);
  }

  /** Else who may write to /tmp could have any file of root's replaced. */
  @Test
  void a_link_of_somebody_else_in_a_folder_for_everybody_is_not_followed() throws Exception {
    assumeTrue(Files.getOwner(folder).getName().equals("root"));
    Path mine = Files.writeString(folder.resolve("mine"), "old");
    Path shared = Files.createDirectory(folder.resolve("shared"));
    assertEquals(0, new ProcessBuilder("chmod", "1777", shared.toString()).start().waitFor());
    Path own = Files.createSymbolicLink(shared.resolve("own"), mine);
    Path foreign = Files.createSymbolicLink(shared.resolve("foreign"), mine);
    Files.setAttribute(foreign, "unix:uid", 41416, LinkOption.NOFOLLOW_LINKS);
    assertEquals("is somebody else's symbolic link in a folder for everybody", why(foreign));
    assertEquals("old", Files.readString(mine));
    new WholeFile(own).write("new");
    assertEquals("new", Files.readString(mine));
  }
}
