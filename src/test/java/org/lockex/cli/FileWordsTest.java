package org.lockex.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class FileWordsTest {
  @TempDir Path folder;

  private static String words(Path file, Executable use) {
    return FileWords.of(file, assertThrows(IOException.class, use));
  }

  @Test
  void every_reason_is_told_and_names_are_as_they_are() throws IOException {
    Path file = Files.createFile(folder.resolve("FiLe"));
    assertEquals(file + ": not a directory", words(file, () -> Files.createDirectories(file)));
    assertEquals(file + ": not a directory", words(file, () -> Files.newDirectoryStream(file)));
    assertEquals(folder + ": exists already", words(folder, () -> Files.createDirectory(folder)));
    assertEquals(folder + ": directory not empty", words(folder, () -> Files.delete(folder)));
    assertEquals(folder + ": is a directory", words(folder, () -> Files.readString(folder)));
    Path missing = folder.resolve("Missing");
    assertEquals(missing + ": no such file", words(missing, () -> Files.readString(missing)));
    Path binary = Files.write(folder.resolve("B"), new byte[] {(byte) 0xff});
    assertEquals(binary + ": is not UTF-8", words(binary, () -> Files.readString(binary)));
  }
}
