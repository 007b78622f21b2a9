package org.lockex.gateway.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;

/** Reads from a connection, and drops what comes, in order to see its end. */
final class HangUpWatch implements Callback {
  private static final int BUFFER = 512;

  private final EndPoint endPoint;
  private final BooleanSupplier wanted;
  private final Runnable gone;

  /**
   * Watches nothing yet.
   *
   * @param wanted whether anybody still wants to know
   * @param gone runs once if the client goes while it is wanted
   */
  HangUpWatch(EndPoint endPoint, BooleanSupplier wanted, Runnable gone) {
    this.endPoint = endPoint;
    this.wanted = wanted;
    this.gone = gone;
  }

  /** Waits, without a thread, for something to be read. */
  void watch() {
    endPoint.tryFillInterested(this);
  }

  @Override
  public void succeeded() {
    if (!wanted.getAsBoolean()) {
      return;
    }
    if (isOpen()) {
      watch();
    } else {
      gone.run();
    }
  }

  @Override
  public void failed(Throwable why) {
    if (wanted.getAsBoolean()) {
      gone.run();
    }
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  private boolean isOpen() {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try {
      int filled;
      do {
        buffer.clear().limit(0);
        filled = endPoint.fill(buffer);
      } while (filled > 0);
      return filled == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
