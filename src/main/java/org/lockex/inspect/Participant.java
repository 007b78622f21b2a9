package org.lockex.inspect;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.zookeeper.data.Stat;
import org.lockex.cli.Ages;
import org.lockex.znode.BreakRequest;
import org.lockex.znode.Contender;
import org.lockex.znode.JsonObject;

/**
 * One holder or waiter of a lock, as its node tells it.
 *
 * @param path its node, with the chroot
 * @param who what it says of itself; empty for other Curator programs
 * @param since when it began to wait: its own word, otherwise when its node was made
 * @param acquired when its command started; empty for waiters and for other Curator programs
 * @param session the id of its session; 0 for a grant of lockexd, which needs none
 * @param token the fencing token
 * @param expires when a grant of lockexd ends by itself, by ZooKeeper's clock; empty for others
 * @param asked who wants it to end, if somebody does
 * @param version the version of the node's data
 */
record Participant(
    String path,
    Optional<Contender> who,
    Instant since,
    Optional<Instant> acquired,
    long session,
    long token,
    Optional<Instant> expires,
    Optional<BreakRequest> asked,
    int version) {

  static Participant of(String path, byte[] data, Stat stat) {
    Optional<JsonObject> json = JsonObject.parse(data);
    Optional<Contender> who = json.flatMap(Contender::parse);
    Instant created = Instant.ofEpochMilli(stat.getCtime());
    boolean grant = stat.getEphemeralOwner() == 0;
    return new Participant(
        path,
        who,
        who.map(Contender::since).filter(since -> since.isAfter(Instant.EPOCH)).orElse(created),
        grant
            ? Optional.of(created)
            : json.flatMap(j -> j.text("acquired")).flatMap(Contender::instant),
        stat.getEphemeralOwner(),
        json.flatMap(j -> j.number("token"))
            .filter(token -> grant && token > 0)
            .orElse(stat.getCzxid()),
        json.flatMap(j -> j.number("lifetimeMillis"))
            .filter(life -> grant)
            .map(life -> Instant.ofEpochMilli(stat.getMtime()).plusMillis(life)),
        BreakRequest.in(data),
        stat.getVersion());
  }

  /** {@code host:pid} as far as it is known. */
  String place() {
    return who.map(contender -> contender.host() + ":" + contender.pid())
        .orElse(isGrant() ? "?" : "session " + sessionId());
  }

  /** The user's name; empty if it is not known. */
  String user() {
    return who.map(Contender::user).orElse("");
  }

  /** The command line; empty if it is not known. */
  String command() {
    return who.map(Contender::command).orElse("");
  }

  /** The session's id as ZooKeeper prints it. */
  String sessionId() {
    return "0x" + Long.toHexString(session);
  }

  /** Held by a client of lockexd over HTTP: the promise lives without a session. */
  boolean isGrant() {
    return session == 0;
  }

  /** How long it is held, if that is known. */
  Optional<Duration> held(Instant now) {
    return acquired.map(at -> Duration.between(at, now)).map(Ages::notNegative);
  }

  /** The name of its node. */
  String node() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
