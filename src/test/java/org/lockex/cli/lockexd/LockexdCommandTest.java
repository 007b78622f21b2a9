package org.lockex.cli.lockexd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lockex.cli.UsageException;

class LockexdCommandTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--config",
        "--admin-userpass-file",
        "--client-secret-file",
        "--tls-cert",
        "--tls-key",
        "--tls-client-ca",
        "--zk-cacert"
      })
  void an_empty_file_name_is_told_as_what_it_is(String option) {
    String[] words = {option, ""};
    UsageException e =
        assertThrows(
            UsageException.class, () -> LockexdCommand.read(words, name -> Optional.empty()));
    assertEquals(option + ": names no file", e.getMessage());
  }
}
