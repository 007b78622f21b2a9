package org.lockex.gateway;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.lockex.child.SignalReader;

/** What each signal to lockexd does; one that comes before that is known waits for it. */
final class ServiceSignals {
  // Guarded by this:
  private final Map<Integer, Runnable> actions = new HashMap<>();
  private final Set<Integer> early = new HashSet<>();

  /**
   * Signals are taken from now on.
   *
   * @param onDeath told if the thread that takes them dies
   */
  ServiceSignals(Consumer<? super Throwable> onDeath) {
    SignalReader.serve(this::came, onDeath);
  }

  /** {@code action} is what {@code signal} does, each time it comes; it must be short. */
  void on(int signal, Runnable action) {
    boolean came;
    synchronized (this) {
      actions.put(signal, action);
      came = early.remove(signal);
    }
    if (came) {
      action.run();
    }
  }

  private void came(int signal) {
    Runnable action = action(signal);
    if (action != null) {
      action.run();
    }
  }

  private synchronized @Nullable Runnable action(int signal) {
    Runnable action = actions.get(signal);
    if (action == null) {
      early.add(signal);
    }
    return action;
  }
}
