package org.lockex.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lockex.cli.lockex.LockexCommand;
import org.lockex.cli.lockex.LockexOptions;
import org.lockex.lock.session.Hosts;

/** Which ZooKeeper a command line chooses; ZKHOSTS is set. */
class ConnectionOptionsTest {
  private static Connection read(String... options) throws UsageException {
    List<String> words = new ArrayList<>(List.of(options));
    words.add("true");
    List<byte[]> argv = words.stream().map(word -> word.getBytes(UTF_8)).toList();
    ProgramRequest<LockexOptions> request =
        LockexCommand.read(
            argv, name -> name.equals("ZKHOSTS") ? Optional.of("zk:1") : Optional.empty());
    return assertInstanceOf(ProgramRequest.Run.class, request).options()
            instanceof LockexOptions read
        ? read.connection()
        : fail();
  }

  @Test
  void without_an_option_the_environment_counts() throws UsageException {
    assertEquals(new ServerChoice.Ensemble(Hosts.parse("zk:1")), read().servers());
    assertEquals(Duration.ofSeconds(10), read().sessionTimeout());
  }

  @Test
  void local_has_a_short_session() throws UsageException {
    assertEquals(new ServerChoice.OfThisUser(), read("--local").servers());
    assertEquals(Duration.ofSeconds(2), read("--local").sessionTimeout());
  }

  @Test
  void embedded_names_a_folder_and_has_a_session_that_outlives_a_restart_of_lockexd()
      throws UsageException {
    Connection connection = read("--embedded", "some/../folder");
    assertEquals(
        new ServerChoice.InFolder(Path.of("folder").toAbsolutePath()), connection.servers());
    assertEquals(Duration.ofSeconds(10), connection.sessionTimeout());
  }

  @ParameterizedTest
  @CsvSource({
    "--local -z h:1, --local and --zkhosts exclude each other",
    "--embedded d -z h:1, --embedded and --zkhosts exclude each other",
    "--embedded d --local, --local and --embedded exclude each other",
    "--embedded= true, --embedded: names no folder",
  })
  void two_of_them_or_half_of_one_are_refused(String options, String why) {
    UsageException e = assertThrows(UsageException.class, () -> read(options.split(" ")));
    assertEquals(why, e.getMessage());
  }
}
