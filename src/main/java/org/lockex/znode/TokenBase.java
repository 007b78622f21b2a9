package org.lockex.znode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is added to czxids to make fencing tokens. A restored or a new ensemble begins with lower
 * czxids, and a store that fences would refuse everyone; a base above all tokens that were given
 * before keeps them growing. It stands in a node beside the locks' parent, which as a container
 * goes when no lock is in use, and it is never lowered.
 *
 * <p>The token of a grant must not change in its life, so the data keeps the earlier bases: the
 * base of a grant is the one that stood when the grant was created.
 *
 * @param base what is added now, 0 to {@link #LARGEST}
 * @param since the transaction that wrote it; 0 where there is no node
 * @param earlier the bases before it, the oldest first
 */
public record TokenBase(long base, long since, List<Earlier> earlier) {
  /** Far from the end of the numbers, so that no sum comes to it. */
  public static final long LARGEST = 1L << 62;

  /** Nothing is added: where there is no node. */
  public static final TokenBase NONE = new TokenBase(0, 0, List.of());

  private static final long FORMAT = 1;
  private static final int MOST_EARLIER = 16;

  /**
   * A base that was raised.
   *
   * @param base what was added
   * @param since the transaction that wrote it
   */
  public record Earlier(long base, long since) {}

  /**
   * Reads the data of the node.
   *
   * @param data as it was read
   * @param mzxid the transaction that wrote it
   * @return what it tells; empty for another program's data, or a format that is not known here
   */
  public static Optional<TokenBase> read(byte[] data, long mzxid) {
    if (data.length == 0) {
      return Optional.of(NONE);
    }
    JsonObject json = JsonObject.parse(data).orElse(null);
    if (json == null || json.number("format").orElse(0L) != FORMAT) {
      return Optional.empty();
    }
    long base = json.number("base").orElse(-1L);
    List<Earlier> earlier = new ArrayList<>();
    if (json.members().get("earlier") instanceof List<?> told) {
      for (Object one : told) {
        if (one instanceof JsonObject was) {
          earlier.add(new Earlier(was.number("base").orElse(-1L), was.number("since").orElse(0L)));
        }
      }
    }
    boolean fits = base >= 0 && base <= LARGEST;
    for (Earlier was : earlier) {
      fits = fits && was.base() >= 0 && was.base() <= base;
    }
    return fits ? Optional.of(new TokenBase(base, mzxid, List.copyOf(earlier))) : Optional.empty();
  }

  /**
   * A base with which every token from then on is more than {@code least}.
   *
   * @param least 1 to {@link #LARGEST}
   * @return this, where it does so already
   * @throws IllegalArgumentException if it is out of bounds
   */
  public TokenBase atLeast(long least) {
    if (least < 1 || least > LARGEST) {
      throw new IllegalArgumentException("must be from 1 to " + LARGEST + ": " + least);
    }
    if (least <= base) {
      return this;
    }
    List<Earlier> before = new ArrayList<>(earlier);
    if (base > 0) {
      before.add(new Earlier(base, since));
    }
    return new TokenBase(
        least,
        0,
        List.copyOf(before.subList(Math.max(0, before.size() - MOST_EARLIER), before.size())));
  }

  /**
   * The base that stood when a node was created.
   *
   * @param czxid the transaction that created it
   * @return what is added to the token that it tells
   */
  public long at(long czxid) {
    if (czxid > since) {
      return base;
    }
    long added = 0;
    for (Earlier was : earlier) {
      if (czxid > was.since()) {
        added = was.base();
      }
    }
    return added;
  }

  /** {@return the data of the node} */
  public byte[] bytes() {
    JsonWriter json = new JsonWriter().number("format", FORMAT).number("base", base);
    if (!earlier.isEmpty()) {
      json.array(
          "earlier",
          earlier.stream()
              .map(was -> new JsonWriter().number("base", was.base()).number("since", was.since()))
              .toList());
    }
    return json.bytes();
  }
}
