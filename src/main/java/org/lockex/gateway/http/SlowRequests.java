package org.lockex.gateway.http;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections on which a request begins and does not come to its end. Jetty's idle timeout
 * does not see them as long as a byte arrives now and then.
 */
final class SlowRequests {
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final Connector connector;
  private final Scheduler scheduler;
  private final Duration limit;
  private Map<EndPoint, Mark> marks = Map.of();

  /** What had arrived at some time, in nanoseconds; since then only parts of one request have. */
  private record Mark(long messages, long bytes, long since) {}

  /** Looks after {@code connector}, where a request may take {@code limit} to arrive. */
  SlowRequests(Connector connector, Duration limit) {
    this.connector = connector;
    this.scheduler = connector.getScheduler();
    this.limit = limit;
  }

  /** Looks now, and again and again until the connector stops. */
  void watch() {
    look(System.nanoTime());
    Duration pause = limit.dividedBy(4);
    long nanos = Math.min(pause.toNanos(), LONGEST_PAUSE.toNanos());
    if (connector.isRunning()) {
      scheduler.schedule(this::watch, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void look(long now) {
    Map<EndPoint, Mark> next = new HashMap<>();
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      Connection connection = http(endPoint);
      if (connection != null) {
        // HTTP does not count the bytes that were read before it: its request has begun.
        long begun = connection instanceof FirstLineConnection ? 0 : 1;
        Mark seen = new Mark(connection.getMessagesIn(), connection.getBytesIn() + begun, now);
        Mark mark = marks.getOrDefault(endPoint, new Mark(0, 0, now));
        boolean part = mark.messages == seen.messages && mark.bytes < seen.bytes;
        if (part && now - mark.since > limit.toNanos()) {
          endPoint.close();
        } else {
          next.put(endPoint, part ? mark : seen);
        }
      }
    }
    marks = next;
  }

  private static Connection http(EndPoint endPoint) {
    return endPoint.getConnection() instanceof SslConnection tls
        ? tls.getSslEndPoint().getConnection()
        : endPoint.getConnection();
  }
}
