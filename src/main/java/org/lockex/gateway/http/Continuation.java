package org.lockex.gateway.http;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes on when a future is completed; a defect in what then happens is logged, not swallowed. */
public final class Continuation {
  private static final Logger LOG = LoggerFactory.getLogger(Continuation.class);

  private Continuation() {}

  /**
   * Runs {@code then} with the future's value; never if it failed.
   *
   * @param <T> the type of its value
   * @param future what is waited for
   * @param then takes the value
   */
  public static <T> void of(CompletableFuture<T> future, Consumer<? super T> then) {
    of(
        future,
        (value, failure) -> {
          if (failure == null) {
            then.accept(value);
          }
        },
        () -> {});
  }

  /** Runs {@code then} with the future's value or its failure, {@code defect} if that throws. */
  static <T> void of(
      CompletableFuture<T> future,
      BiConsumer<? super T, @Nullable Throwable> then,
      Runnable defect) {
    var _ =
        future.whenComplete((value, failure) -> {
          try {
            then.accept(value, failure);
          } catch (RuntimeException e) {
            LOG.error("a defect in lockexd", e);
            defect.run();
          }
        });
  }
}
