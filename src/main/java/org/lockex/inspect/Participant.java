package org.lockex.inspect;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.zookeeper.data.Stat;
import org.lockex.cli.Ages;
import org.lockex.cli.ClockTime;
import org.lockex.znode.BreakRequest;
import org.lockex.znode.Contender;
import org.lockex.znode.ContenderData;
import org.lockex.znode.Grant;
import org.lockex.znode.HoldHandle;
import org.lockex.znode.LeaseTerms;
import org.lockex.znode.LockPaths;
import org.lockex.znode.TokenBase;

/**
 * One holder or waiter of a lock, as its node tells it.
 *
 * @param path its node, with the chroot
 * @param data what the node's data tells; empty in all for other Curator programs
 * @param grant what a client of lockexd, or a hold, was promised; empty for all others
 * @param created when its node was made, by ZooKeeper's clock
 * @param written when its node was last written, by ZooKeeper's clock
 * @param session the id of its session; 0 where the node belongs to none
 * @param token the fencing token
 * @param handle what {@code lockexctl release} takes; empty where this is no hold
 * @param known whether we may read the node; of one that we may not read nothing but its place in
 *     the queue is known
 */
record Participant(
    String path,
    ContenderData data,
    Optional<Grant> grant,
    Instant created,
    Instant written,
    long session,
    long token,
    Optional<HoldHandle> handle,
    boolean known) {

  /**
   * One whose node was read.
   *
   * @param below the same path, below the chroot
   * @param tokens what is added to make fencing tokens; who waits would have that of now
   */
  static Participant of(String path, String below, byte[] bytes, Stat stat, TokenBase tokens) {
    ContenderData data = ContenderData.read(bytes);
    Optional<Grant> grant = Grant.of(data.terms(), stat);
    return new Participant(
        path,
        data,
        grant,
        Instant.ofEpochMilli(stat.getCtime()),
        Instant.ofEpochMilli(stat.getMtime()),
        stat.getEphemeralOwner(),
        token(data, grant, stat.getCzxid(), tokens),
        data.hold().isPresent() ? grant.map(held -> handle(below, held)) : Optional.empty(),
        true);
  }

  private static HoldHandle handle(String below, Grant hold) {
    String folder = below.substring(0, below.lastIndexOf('/'));
    return new HoldHandle(folder.endsWith("/" + LockPaths.LEASES) ? folder : below, hold.created());
  }

  private static long token(
      ContenderData data, Optional<Grant> grant, long czxid, TokenBase tokens) {
    if (grant.isPresent()) {
      return grant.get().token() + tokens.at(grant.get().created());
    }
    return czxid + (data.acquired().isPresent() ? data.tokenBase() : tokens.base());
  }

  /** One whose node we may not read. */
  static Participant unknown(String path) {
    return new Participant(
        path,
        ContenderData.read(new byte[0]),
        Optional.empty(),
        Instant.EPOCH,
        Instant.EPOCH,
        0,
        0,
        Optional.empty(),
        false);
  }

  /** What it says of itself; empty for other Curator programs. */
  Optional<Contender> who() {
    return data.who();
  }

  /** When it began to wait: its own word, otherwise when its node was made. */
  Instant since() {
    return who().map(Contender::since).filter(at -> at.isAfter(Instant.EPOCH)).orElse(created);
  }

  /** When its command started, or its grant was given; empty for waiters and other programs. */
  Optional<Instant> acquired() {
    return grant.map(Grant::createdAt).or(data::acquired);
  }

  /** When a grant of lockexd ends by itself, by ZooKeeper's clock; empty for others. */
  Optional<Instant> expires() {
    return grant.map(Grant::endsAt);
  }

  /**
   * Whether it is a grant whose time is over, and that nobody has cleared away: it keeps nobody
   * from the lock who has seen it for long enough. {@code now} is the servers'.
   */
  boolean isOver(Instant now) {
    return expires().filter(end -> !end.isAfter(now)).isPresent();
  }

  /** Who wants it to end, if somebody does. */
  Optional<BreakRequest> asked() {
    return data.breakAsked();
  }

  /** {@code host:pid} as far as it is known. */
  String place() {
    return who()
        .filter(contender -> !contender.isHidden())
        .map(contender -> contender.host() + ":" + contender.pid())
        .orElse(!known ? "not readable" : session == 0 ? "?" : "session " + sessionId());
  }

  /** The user's name; empty if it is not known. */
  String user() {
    return who().map(Contender::user).orElse("");
  }

  /** The command line, or what a hold is for; empty if it is not known. */
  String command() {
    Optional<LeaseTerms> hold = data.hold();
    if (hold.isPresent()) {
      return grant
          .map(held -> hold.get().heldFor(ClockTime.of(held.endsAt())))
          .orElseGet(() -> hold.get().wanted());
    }
    return who().map(Contender::command).orElse("");
  }

  /** The session's id as ZooKeeper prints it. */
  String sessionId() {
    return "0x" + Long.toHexString(session);
  }

  /** Held by a client of lockexd over HTTP, or by a hold: the promise lives without a session. */
  boolean isGrant() {
    return grant.isPresent();
  }

  /** For how long: the end of a grant, the session of all others; nothing where there is none. */
  String lasts(Instant now) {
    return isGrant()
        ? (isOver(now) ? "over since " : "until ") + expires().map(Words::time).orElse("?")
        : session == 0 ? "" : sessionId();
  }

  /**
   * From when on it holds, by ZooKeeper's clock: a contender's last write tells that its command
   * has started. A request to end is written later; then its own word counts, as far as it fits.
   */
  private Optional<Instant> holdsSince() {
    return isGrant() ? acquired() : data.acquired().map(this::asServersSay);
  }

  private Instant asServersSay(Instant told) {
    if (asked().isEmpty() || told.isAfter(written)) {
      return written;
    }
    return told.isBefore(created) ? created : told;
  }

  /** How long it is held, if that is known; {@code now} is the servers'. */
  Optional<Duration> held(Instant now) {
    return holdsSince().map(at -> Duration.between(at, now)).map(Ages::notNegative);
  }

  /** What is left of its {@code --max-run}, if it has one and runs; {@code now} is the servers'. */
  Optional<Duration> maxRunLeft(Instant now) {
    return data.maxRun().flatMap(max -> held(now).map(max::minus)).map(Ages::notNegative);
  }

  /** How long its node has been there; {@code now} is the servers'. */
  Duration age(Instant now) {
    return Ages.notNegative(Duration.between(created, now));
  }

  /** The name of its node. */
  String node() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
