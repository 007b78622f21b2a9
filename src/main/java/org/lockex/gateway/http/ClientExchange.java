package org.lockex.gateway.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** One request, in HTTP or as a line, and its one answer. Nothing here blocks. */
public abstract class ClientExchange {
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile Runnable unsent = () -> {};

  /** For the two kinds. */
  ClientExchange() {}

  /** {@return the client's address} */
  public abstract String client();

  /** Closes the connection with nothing said. */
  public abstract void close();

  /** Answers that it is not known, and that asking again may help. */
  abstract void unavailable();

  /**
   * Watches the connection of a request that waits. What the client sends is dropped, and the
   * connection is closed after the answer. The end of what it sends is taken for its going.
   *
   * @param gone runs once if the client goes
   */
  public abstract void onHangUp(Runnable gone);

  /**
   * Runs {@code then}, which answers, with the future's value. If the future fails or {@code then}
   * throws, the client is told that it is not known and what it would have got is given back, so
   * that no client waits for good.
   *
   * @param <T> the type of its value
   * @param future what is waited for
   * @param then takes the value, and answers
   */
  public <T> void when(CompletableFuture<T> future, Consumer<? super T> then) {
    when(future, then, failure -> defect());
  }

  /**
   * As {@link #when(CompletableFuture, Consumer)}, with an answer to failures, too.
   *
   * @param <T> the type of its value
   * @param future what is waited for
   * @param then takes the value, and answers
   * @param failed takes the failure, and answers
   */
  public <T> void when(
      CompletableFuture<T> future, Consumer<? super T> then, Consumer<Throwable> failed) {
    Continuation.of(
        future,
        (value, failure) -> {
          if (failure == null) {
            then.accept(value);
          } else {
            failed.accept(failure);
          }
        },
        this::defect);
  }

  /** What went wrong is logged already. */
  final void defect() {
    if (!isAnswered()) {
      notSent();
      unavailable();
    }
  }

  /**
   * What to do if the answer cannot be sent.
   *
   * @param then gives back what the client would have got
   */
  public final void ifUnsent(Runnable then) {
    unsent = then;
  }

  final void notSent() {
    unsent.run();
  }

  /** Whether the caller's answer is the first, which is the one that counts. */
  final boolean isFirstAnswer() {
    return answered.compareAndSet(false, true);
  }

  final boolean isAnswered() {
    return answered.get();
  }
}
