package org.lockex.gateway.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * Reads a request's body without blocking. What comes is copied and Jetty's buffers are let go, so
 * that a body which does not come to its end takes no more than its own bytes.
 */
final class RequestBody implements Invocable.Task {
  /** Of each body, for which there is always room: no honest request for a lock has more. */
  private static final int FREE = 4096;

  private final Request request;
  private final RequestLimits limits;
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int taken;

  /** A body that cannot be read, because of a limit. */
  static final class BodyRefused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final boolean forNow;

    private BodyRefused(boolean forNow) {
      super("a body over the limits", null, false, false);
      this.forNow = forNow;
    }

    /** Whether it is the bodies of all together that are too large, and not this one. */
    boolean isForNow() {
      return forNow;
    }
  }

  private RequestBody(Request request, RequestLimits limits) {
    this.request = request;
    this.limits = limits;
  }

  /** The body; fails with {@link BodyRefused}, or because the client went or was too slow. */
  static CompletableFuture<byte[]> read(Request request, RequestLimits limits) {
    RequestBody reading = new RequestBody(request, limits);
    var _ = reading.body.whenComplete((all, failure) -> reading.giveBack());
    reading.body.orTimeout(limits.arrival().toMillis(), TimeUnit.MILLISECONDS);
    if (request.getLength() > limits.body()) {
      reading.body.completeExceptionally(new BodyRefused(false));
    } else {
      reading.run();
    }
    return reading.body;
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  /** Reads what is there. */
  @Override
  public void run() {
    while (!body.isDone()) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        body.completeExceptionally(chunk.getFailure());
        return;
      }
      boolean last = chunk.isLast();
      try {
        add(chunk.getByteBuffer());
      } finally {
        chunk.release();
      }
      if (last) {
        body.complete(bytes.toByteArray());
      }
    }
  }

  private void add(ByteBuffer more) {
    int size = bytes.size() + more.remaining();
    if (size > limits.body()) {
      body.completeExceptionally(new BodyRefused(false));
    } else if (!take(Math.max(0, size - FREE))) {
      body.completeExceptionally(new BodyRefused(true));
    } else {
      byte[] part = new byte[more.remaining()];
      more.get(part);
      bytes.write(part, 0, part.length);
    }
  }

  /** Takes room until it is {@code all} that is taken; the end gives it back, once. */
  private synchronized boolean take(int all) {
    if (body.isDone() || !limits.bodies().take(all - taken)) {
      return false;
    }
    taken = all;
    return true;
  }

  private synchronized void giveBack() {
    limits.bodies().give(taken);
    taken = 0;
  }
}
