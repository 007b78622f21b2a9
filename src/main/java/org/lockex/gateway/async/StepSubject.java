package org.lockex.gateway.async;

/**
 * What a step is about, should it fail.
 *
 * @param lock the lock's name, or what else tells where to look; for the log
 * @param failed ends what hangs on the step, for example answers a request
 */
public record StepSubject(String lock, Runnable failed) {
  /**
   * {@return a step that nobody waits for}
   *
   * @param lock the lock's name
   */
  public static StepSubject of(String lock) {
    return new StepSubject(lock, () -> {});
  }
}
