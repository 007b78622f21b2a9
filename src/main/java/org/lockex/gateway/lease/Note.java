package org.lockex.gateway.lease;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a queue node says about its contender: the members every contender of lockex writes, and
 * what a lease needs in addition. A node whose note has a token is a grant.
 *
 * @param host where the contender runs; for a lease, where its lockexd ran
 * @param pid the process there
 * @param user the user there; for a lease, the address of the client
 * @param title the command line; for a lease, what the client says it is
 * @param since when it began to wait, on its own host's clock: for people only
 * @param lease what only a lease has
 */
public record Note(
    String host, long pid, String user, String title, Instant since, Optional<Terms> lease) {
  /** The token of a grant that was one from its creation: its own czxid, unknown before. */
  static final long OWN_CZXID = 0;

  private static final JsonMapper JSON = new JsonMapper();

  /**
   * What a client asked for over HTTP.
   *
   * @param dialect the protocol it spoke
   * @param requester the name under which it holds the lock, in dialects that have one
   * @param patience how long it wanted to wait
   * @param lifetime how long a grant lasts
   * @param token the fencing token of a grant, or {@link #OWN_CZXID}; empty while it waits
   */
  record Terms(
      String dialect,
      Optional<String> requester,
      Duration patience,
      Duration lifetime,
      Optional<Long> token) {}

  byte[] json(String version) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(400);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("host", host);
      json.writeNumberField("pid", pid);
      json.writeStringField("user", user);
      json.writeStringField("command", title);
      json.writeStringField("since", since.toString());
      json.writeStringField("version", version);
      if (lease.isPresent()) {
        Terms terms = lease.get();
        json.writeStringField("dialect", terms.dialect());
        if (terms.requester().isPresent()) {
          json.writeStringField("requester", terms.requester().get());
        }
        json.writeNumberField("waitMillis", terms.patience().toMillis());
        json.writeNumberField("lifetimeMillis", terms.lifetime().toMillis());
        if (terms.token().isPresent()) {
          json.writeNumberField("token", terms.token().get());
        }
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Reads a node's data; empty if a program wrote it that publishes nothing about itself. */
  static Optional<Note> parse(byte[] data) {
    if (data.length == 0 || data[0] != '{') {
      return Optional.empty();
    }
    try {
      JsonNode json = JSON.readTree(data);
      return Optional.of(
          new Note(
              json.path("host").asText(""),
              json.path("pid").asLong(0),
              json.path("user").asText(""),
              json.path("command").asText(""),
              instant(json.path("since").asText("")),
              json.has("lifetimeMillis") ? Optional.of(terms(json)) : Optional.empty()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Terms terms(JsonNode json) {
    return new Terms(
        json.path("dialect").asText(""),
        json.has("requester") ? Optional.of(json.path("requester").asText("")) : Optional.empty(),
        Duration.ofMillis(json.path("waitMillis").asLong(0)),
        Duration.ofMillis(json.path("lifetimeMillis").asLong(0)),
        json.has("token") ? Optional.of(json.path("token").asLong(0)) : Optional.empty());
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }

  /** The same contender, granted. */
  Note granted(long token) {
    return new Note(
        host,
        pid,
        user,
        title,
        since,
        lease.map(t ->
            new Terms(t.dialect(), t.requester(), t.patience(), t.lifetime(), Optional.of(token))));
  }
}
