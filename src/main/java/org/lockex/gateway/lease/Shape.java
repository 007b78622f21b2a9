package org.lockex.gateway.lease;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a lock's node says the lock is: {@code {"format":1,"mode":"mutex","concurrency":1}}.
 *
 * @param concurrency how many may hold it at once; 1 is Curator's InterProcessMutex, more its
 *     InterProcessSemaphoreV2
 */
record Shape(int concurrency) {
  private static final JsonMapper JSON = new JsonMapper();

  boolean mutex() {
    return concurrency == 1;
  }

  byte[] json() {
    String mode = mutex() ? "mutex" : "semaphore";
    return ("{\"format\":1,\"mode\":\"" + mode + "\",\"concurrency\":" + concurrency + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Reads a lock node's data; empty if it is missing or somebody else's. */
  static Optional<Shape> parse(byte[] data) {
    if (data.length == 0) {
      return Optional.empty();
    }
    try {
      JsonNode json = JSON.readTree(data);
      int concurrency = json.path("concurrency").asInt(0);
      boolean known =
          json.path("format").asInt(0) == 1
              && json.path("mode").asText("").equals(concurrency == 1 ? "mutex" : "semaphore");
      return known && concurrency > 0 ? Optional.of(new Shape(concurrency)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
