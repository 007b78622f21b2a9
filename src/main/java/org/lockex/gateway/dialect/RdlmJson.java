package org.lockex.gateway.dialect;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.lockex.gateway.http.PathNames;
import org.lockex.gateway.lease.LeaseView;
import org.lockex.znode.LockId;

/** Leases as RDLM shows them: HAL, draft-kelly-json-hal. */
final class RdlmJson {
  static final String TYPE = "application/hal+json";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** A command holds its lock for as long as it runs; RDLM's clients expect a date. */
  private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

  private final JsonMapper json = new JsonMapper();

  /** Writes into a JSON object. */
  private interface Members {
    void write(JsonGenerator out) throws IOException;
  }

  static String path(LeaseView lease) {
    return "/locks/" + PathNames.encode(lease.lock().value()) + "/" + lease.uid();
  }

  private static String path(LockId lock) {
    return "/resources/" + PathNames.encode(lock.value());
  }

  byte[] lease(LeaseView lease) {
    return object(out -> members(out, lease));
  }

  byte[] resources(List<List<LeaseView>> locks) {
    return object(out -> {
      links(out, "/resources", "");
      out.writeObjectFieldStart("_embedded");
      out.writeArrayFieldStart("resources");
      for (List<LeaseView> contenders : locks) {
        LockId lock = contenders.get(0).lock();
        out.writeStartObject();
        out.writeStringField("name", lock.value());
        links(out, path(lock), "");
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    });
  }

  byte[] resource(LockId lock, List<LeaseView> contenders) {
    return object(out -> {
      out.writeStringField("name", lock.value());
      links(out, path(lock), "");
      out.writeObjectFieldStart("_embedded");
      out.writeArrayFieldStart("locks");
      for (LeaseView lease : contenders) {
        out.writeStartObject();
        members(out, lease);
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    });
  }

  byte[] problem(int status, String why) {
    return object(out -> {
      out.writeNumberField("status", status);
      out.writeStringField("error", why);
    });
  }

  private void members(JsonGenerator out, LeaseView lease) throws IOException {
    out.writeStringField("uid", lease.uid());
    out.writeFieldName("title");
    title(out, lease);
    seconds(out, "wait", lease.waitTime());
    seconds(out, "lifetime", lease.lifetime());
    out.writeBooleanField("active", lease.active());
    String prefix = lease.active() ? "active" : "wait";
    out.writeStringField(prefix + "_since", TIME.format(lease.since()));
    out.writeStringField(prefix + "_expires", TIME.format(lease.expires().orElse(NEVER)));
    if (lease.active()) {
      out.writeNumberField("token", lease.token());
    }
    links(out, path(lease), path(lease.lock()));
  }

  /** As the client gave it, unless others have written something else into the node. */
  private void title(JsonGenerator out, LeaseView lease) throws IOException {
    if (lease.dialect().equals(RdlmDialect.WITH_JSON_TITLE)) {
      try {
        JsonNode value = json.readTree(lease.title());
        if (!value.isMissingNode()) {
          out.writeTree(value);
          return;
        }
      } catch (JsonProcessingException e) {
        // Then it is a string.
      }
    }
    out.writeString(lease.title());
  }

  /** Whole numbers as such, because clients gave them so. */
  private static void seconds(JsonGenerator out, String name, Duration length) throws IOException {
    long millis = length.toMillis();
    if (millis % 1000 == 0) {
      out.writeNumberField(name, millis / 1000);
    } else {
      out.writeNumberField(name, millis / 1000.0);
    }
  }

  private static void links(JsonGenerator out, String self, String resource) throws IOException {
    out.writeObjectFieldStart("_links");
    link(out, "self", self);
    if (!resource.isEmpty()) {
      link(out, "resource", resource);
    }
    out.writeEndObject();
  }

  private static void link(JsonGenerator out, String name, String href) throws IOException {
    out.writeObjectFieldStart(name);
    out.writeStringField("href", href);
    out.writeEndObject();
  }

  private byte[] object(Members members) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(400);
    try (JsonGenerator out = json.createGenerator(bytes)) {
      out.writeStartObject();
      members.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
