package org.lockex;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lockexd's own words and exit codes rely on in its unit. */
class ServiceUnitTest {
  private static final Path UNIT = Path.of("packaging/common/lockexd.service");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Type=notify",
        "TimeoutStartSec=infinity", // the end of a start that takes too long is lockexd's: -T
        "Restart=on-failure",
        "StartLimitIntervalSec=0",
        "WatchdogSec=30",
        "LimitNOFILE=65536"
      })
  void a_service_manager_is_told(String setting) throws Exception {
    String name = setting.substring(0, setting.indexOf('=') + 1);
    assertEquals(
        setting,
        String.join(
            "\n", Files.readAllLines(UNIT).stream().filter(s -> s.startsWith(name)).toList()));
  }
}
