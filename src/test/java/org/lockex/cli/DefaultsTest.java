package org.lockex.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "ZKHOSTS=zk1:2181, zk1:2181",
        "|  ZKHOSTS = x|,", // as systemd: no space before the equals sign
        "| ZKHOSTS= zk1:2181 |, zk1:2181",
        "ZKHOSTS=\"zk1:2181\", zk1:2181",
        "ZKHOSTS='zk1:2181', zk1:2181",
        "ZKHOSTS=$(reboot), $(reboot)",
        "ZKHOSTS=\", \"",
        "#ZKHOSTS=zk1:2181,",
        "XZKHOSTS=zk1:2181,",
        "||,",
      })
  void reads_a_line(String line, String value) {
    assertEquals(Optional.ofNullable(value), new Defaults(List.of(line)).value("ZKHOSTS"));
  }

  @Test
  void the_last_line_wins() {
    Defaults defaults = new Defaults(List.of("ZKHOSTS=a:1", "OTHER=x", "ZKHOSTS=b:2"));
    assertEquals(Optional.of("b:2"), defaults.value("ZKHOSTS"));
  }

  @Test
  void a_missing_file_has_nothing_and_an_unreadable_one_is_told() throws Exception {
    assertEquals(new Defaults(List.of()), Defaults.of(folder.resolve("missing")));
    Path unreadable = Files.createDirectory(folder.resolve("folder"));
    UsageException told = assertThrows(UsageException.class, () -> Defaults.of(unreadable));
    assertEquals(unreadable + ": cannot be read", told.getMessage());
  }
}
