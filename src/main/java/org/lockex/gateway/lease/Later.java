package org.lockex.gateway.lease;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes on when a future is completed; what goes wrong then is logged, not swallowed. */
final class Later {
  private static final Logger LOG = LoggerFactory.getLogger(Later.class);

  private Later() {}

  /** Runs {@code then} with the future's value; never if it failed. */
  static <T> void on(CompletableFuture<T> future, Consumer<? super T> then) {
    either(
        future,
        (value, failure) -> {
          if (failure == null) {
            then.accept(value);
          }
        });
  }

  /** Runs {@code then} with the future's value or its failure. */
  static <T> void either(
      CompletableFuture<T> future, BiConsumer<? super T, @Nullable Throwable> then) {
    var _ =
        future.whenComplete((value, failure) -> {
          try {
            then.accept(value, failure);
          } catch (RuntimeException e) {
            LOG.error("a defect in lockexd", e);
          }
        });
  }
}
