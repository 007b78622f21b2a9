package org.lockex.waiting;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.lockex.cli.Ages;
import org.lockex.cli.Stderr;
import org.lockex.lock.queue.LockRequest;
import org.lockex.lock.queue.QueuePosition;
import org.lockex.lock.queue.QueueView;
import org.lockex.lock.session.ZooKeeperSession;

/**
 * The line that people see on a terminal while they wait: their place, who holds the lock, for how
 * long. It is drawn once a second at most; where no terminal is, there is none, and no byte of it.
 */
public final class WaitingLine {
  /** A lock that is free is acquired before this, without a flicker. */
  private static final long FIRST = TimeUnit.MILLISECONDS.toNanos(300);

  private static final long ANSWER = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Stderr stderr;
  private final String name;
  private final QueueView view;
  private final boolean nested;
  private final long began = System.nanoTime();
  private long due = began + FIRST;
  private boolean asked;

  private WaitingLine(Stderr stderr, String name, QueueView view, boolean nested) {
    this.stderr = stderr;
    this.name = name;
    this.view = view;
    this.nested = nested;
  }

  /**
   * The line of one who begins to wait now.
   *
   * @param request which lock it waits for
   * @param session the waiter's
   * @param stderr where the line is shown
   * @param under the path of the lock under which the waiter itself was started; empty for none
   * @return empty if nobody would see it
   */
  public static Optional<WaitingLine> of(
      LockRequest request, ZooKeeperSession session, Stderr stderr, Optional<String> under) {
    if (request.tryOnly() || !stderr.hasLine()) {
      return Optional.empty();
    }
    return Optional.of(
        new WaitingLine(
            stderr,
            request.id().value(),
            new QueueView(session, request),
            under.filter(request.root().pathOf(request.id())::equals).isPresent()));
  }

  /** {@return when it is to be drawn next, on {@link System#nanoTime}} */
  public long due() {
    return due;
  }

  /** Draws it if it is due. */
  public void draw() {
    long now = System.nanoTime();
    if (now < due) {
      return;
    }
    if (asked) {
      view.standing().ifPresent(standing -> stderr.line(words(standing, now)));
    }
    view.refresh();
    due = now + (asked ? SECOND : ANSWER);
    asked = true;
  }

  /** Takes it away; nothing of it may be left when the command starts. */
  public void clear() {
    stderr.clearLine();
  }

  private String words(QueuePosition standing, long now) {
    StringBuilder words = new StringBuilder("waiting ");
    words.append(Ages.of(Duration.ofNanos(now - began))).append(" for lock ").append(name);
    if (nested) {
      words.append(", under which this very command runs");
    }
    if (standing.place() > 0) {
      words.append(": place ").append(standing.place()).append(" of ").append(standing.waiting());
    }
    if (standing.hold().isPresent()) {
      words.append(", ").append(HolderLine.held(standing.hold().get(), standing.holder()));
      return words.toString();
    }
    standing
        .since()
        .ifPresent(since ->
            words
                .append(", held by ")
                .append(standing.holder().map(HolderLine::place).orElse("another program"))
                .append(" for ")
                .append(Ages.of(Duration.between(since, Instant.now()))));
    return words.toString();
  }
}
