package org.lockex.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultsTest {
  private static final Path FILE = Path.of("/etc/default/lockex");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "ZKHOSTS zk1:2181, not understood",
        "zk1:2181, not understood",
        "export ZKHOSTS, not understood",
        "ZK-HOSTS=zk1:2181, not understood",
        "ZKHOST=zk1:2181, |ZKHOST is not known, ZKHOSTS may be meant|",
        "ZK_HOSTS=zk1:2181, |ZK_HOSTS is not known, ZKHOSTS may be meant|",
        "zkhosts=zk1:2181, |zkhosts is not known, ZKHOSTS may be meant|",
        "export ZKHOTS = zk1:2181, |ZKHOTS is not known, ZKHOSTS may be meant|",
        "LOCKEXD_OPT=x, |LOCKEXD_OPT is not known, LOCKEXD_OPTS may be meant|",
      })
  void tells_what_may_have_been_meant(String line, String warning) {
    List<String> warnings = Defaults.of(FILE, List.of("# one", line)).warnings();
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().startsWith(FILE + ":2: " + warning), warnings.getFirst());
  }

  @Test
  void is_silent_about_what_is_right_or_far_from_everything() {
    List<String> lines =
        List.of("# ZKHOST=x", "; x", "", "ZKHOSTS=a:1", "LOCKEXD_OPTS=--local", "LANG=C.UTF-8");
    assertEquals(List.of(), Defaults.of(FILE, lines).warnings());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "ZKHOSTS=zk1:2181, zk1:2181",
        "|  ZKHOSTS = x|, x",
        "export ZKHOSTS=x, x",
        "|export  ZKHOSTS = 'x'|, x",
        "|ZKHOSTS=x # the three|, x",
        "|ZKHOSTS=\"x y\"  # the three|, x y",
        "|ZKHOSTS=  |,",
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
    assertEquals(Optional.ofNullable(value), Defaults.of(FILE, List.of(line)).value("ZKHOSTS"));
  }

  @Test
  void a_value_may_take_several_lines() {
    List<String> lines =
        List.of(
            "ZKHOSTS=zk1:2181,\\",
            "  zk2:2181,\\",
            "zk3:2181",
            "LOCKEX_ZK_ACL=\"sasl:lockex:cdrwa",
            "ip:10.0.0.1:r\" # two",
            "LOCKEX_ZK_KEY='one'",
            "LOCKEX_ZK_CERT=\"open");
    Defaults defaults = Defaults.of(FILE, lines);
    assertEquals(Optional.of("zk1:2181,zk2:2181,zk3:2181"), defaults.value("ZKHOSTS"));
    assertEquals(Optional.of("sasl:lockex:cdrwa\nip:10.0.0.1:r"), defaults.value("LOCKEX_ZK_ACL"));
    assertEquals(Optional.of("one"), defaults.value("LOCKEX_ZK_KEY"));
    assertEquals(Optional.of("\"open"), defaults.value("LOCKEX_ZK_CERT"));
    assertEquals(List.of(), defaults.warnings());
  }

  @Test
  void a_backslash_continues_a_line_within_quotes_too() {
    List<String> lines = List.of("ZKHOSTS=\"zk1:2181,", "zk2:2181,\\", "zk3:2181\"", "X='1", "'");
    Defaults defaults = Defaults.of(FILE, lines);
    assertEquals(Optional.of("zk1:2181,\nzk2:2181,zk3:2181"), defaults.value("ZKHOSTS"));
    assertEquals(List.of(), defaults.warnings());
  }

  /** Else other servers would be used, and the lock be two. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "LOCKEXD_OPTS=\"-l :8080",
        "NOTE='tis",
        "\"servers of site A",
        "NOTE=x\\\\",
        "NOTE=x\\ ",
        "NOTE=x\\"
      })
  void a_value_that_is_not_ended_takes_no_other_name_with_it(String line) {
    for (String quote : List.of("\"", "'", "")) {
      List<String> lines =
          List.of("ZKHOSTS=old:2181", line, "export ZKHOSTS=" + quote + "zk1:2181" + quote);
      Defaults defaults = Defaults.of(FILE, lines);
      assertEquals(Optional.of("zk1:2181"), defaults.value("ZKHOSTS"), lines.toString());
    }
  }

  @Test
  void a_value_that_goes_on_over_another_name_is_told() {
    List<String> lines = List.of("LOCKEXD_OPTS=\"-l :8080", "ZKHOSTS=\"zk1:2181\"");
    assertEquals(
        List.of(FILE + ":1: not understood, the value goes on over the line of another name"),
        Defaults.of(FILE, lines).warnings());
  }

  @Test
  void the_last_line_wins() {
    Defaults defaults = Defaults.of(FILE, List.of("ZKHOSTS=a:1", "OTHER=x", "ZKHOSTS=b:2"));
    assertEquals(Optional.of("b:2"), defaults.value("ZKHOSTS"));
  }

  @Test
  void a_missing_file_has_nothing_and_an_unreadable_one_is_told() throws Exception {
    assertEquals(new Defaults(Map.of(), List.of()), Defaults.of(folder.resolve("missing")));
    Path unreadable = Files.createDirectory(folder.resolve("folder"));
    UsageException told = assertThrows(UsageException.class, () -> Defaults.of(unreadable));
    assertEquals(unreadable + ": cannot be read", told.getMessage());
  }
}
