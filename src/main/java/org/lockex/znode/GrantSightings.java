package org.lockex.znode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Marks in the data of a grant: when a host first saw it. A contender that does not wait never sees
 * a grant for long enough to know that its lifetime has passed; the next one on the same host
 * counts from the mark. The times are of a clock that runs from the boot of that host, so no step
 * of any wall clock shortens a grant: a mark counts only where it was made, and only until the next
 * boot.
 *
 * <p>A mark is a member {@code seen-<boot id>} with milliseconds since the boot. Programs that do
 * not know it read the grant as before.
 *
 * @param boot the id of this boot of this host, random(4)
 * @param clock nanoseconds since the boot
 */
public record GrantSightings(String boot, LongSupplier clock) {
  private static final String PREFIX = "seen-";

  /** Of more hosts nobody needs to know. */
  private static final int MOST = 16;

  private static final long NANOS = 1_000_000;

  /**
   * Sightings by this host.
   *
   * @param clock nanoseconds since the boot, for example CLOCK_BOOTTIME
   * @return what reads and makes its marks; a host that cannot tell one boot from another makes
   *     none that count later
   */
  public static GrantSightings byThisHost(LongSupplier clock) {
    try {
      String id = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      return new GrantSightings(id, clock);
    } catch (IOException e) {
      return new GrantSightings("", clock);
    }
  }

  /**
   * For how long this host has surely known a grant.
   *
   * @param data the grant's data, as it was read
   * @return since the mark; zero without one
   */
  public Duration age(byte[] data) {
    OptionalLong mark = mark(data);
    long millis = mark.isPresent() ? now() - mark.getAsLong() : 0;
    return Duration.ofMillis(Math.max(0, millis));
  }

  /**
   * The grant's data with the mark that this host sees it now; all else in it stays as it was.
   *
   * @param data the grant's data, as it was read
   * @return empty where there is a mark already, or there are enough
   */
  public Optional<byte[]> addedTo(byte[] data) {
    Optional<JsonObject> grant = JsonObject.parse(data);
    if (boot.isEmpty() || grant.isEmpty() || mark(data).isPresent() || marks(grant.get()) >= MOST) {
      return Optional.empty();
    }
    String text = new String(data, UTF_8).strip();
    String mark = new JsonWriter().number(PREFIX + boot, now()).toString();
    return Optional.of(
        (text.substring(0, text.length() - 1) + "," + mark.substring(1)).getBytes(UTF_8));
  }

  private OptionalLong mark(byte[] data) {
    Optional<Long> mark =
        boot.isEmpty()
            ? Optional.empty()
            : JsonObject.parse(data).flatMap(grant -> grant.number(PREFIX + boot));
    return mark.isPresent() ? OptionalLong.of(mark.get()) : OptionalLong.empty();
  }

  private static int marks(JsonObject grant) {
    int marks = 0;
    for (String name : grant.members().keySet()) {
      marks += name.startsWith(PREFIX) ? 1 : 0;
    }
    return marks;
  }

  private long now() {
    return clock.getAsLong() / NANOS;
  }
}
