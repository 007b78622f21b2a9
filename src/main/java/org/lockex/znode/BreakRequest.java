package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * Somebody asks a holder to end. The request is written into the data of the holder's own node: it
 * goes away with the node, and no recipe looks at data. A holder that is not lockex gets what
 * Curator's Revoker writes, so that a program that made its lock revocable answers, too.
 *
 * @param by who asks, for example {@code alice on host7 (pid 4711)}
 * @param at when, by the clock of the one who asks
 */
public record BreakRequest(String by, Instant at) {
  /** {@code LockInternals.REVOKE_MESSAGE} of Curator's recipes. */
  private static final byte[] REVOKE = "__REVOKE__".getBytes(UTF_8);

  private static final String NAME = "break";

  /**
   * The request in a holder's data; empty if there is none.
   *
   * @param data a node's data as it was read, possibly empty
   * @return the request, if there is one
   */
  public static Optional<BreakRequest> in(byte[] data) {
    if (Arrays.equals(data, REVOKE)) {
      return Optional.of(new BreakRequest("a Curator program", Instant.EPOCH));
    }
    return JsonObject.parse(data)
        .flatMap(holder -> holder.object(NAME))
        .map(asked ->
            new BreakRequest(
                asked.text("by").orElse("?"),
                asked.text("at").flatMap(Timestamps::read).orElse(Instant.EPOCH)));
  }

  /**
   * A holder's data with this request in it; all else in it stays as it was.
   *
   * @param data a node's data as it was read, possibly empty
   * @return the data to write in place of it
   */
  public byte[] addedTo(byte[] data) {
    if (JsonObject.parse(data).isEmpty()) {
      return REVOKE.clone();
    }
    String holder = new String(data, UTF_8).strip();
    String members = holder.substring(1, holder.length() - 1);
    String asked = members(new JsonWriter());
    return ("{" + members + (members.isBlank() ? "" : ",") + asked.substring(1)).getBytes(UTF_8);
  }

  void write(JsonWriter json) {
    json.object(NAME, new JsonWriter().text("by", by).text("at", Timestamps.text(at)));
  }

  private String members(JsonWriter json) {
    write(json);
    return json.toString();
  }
}
