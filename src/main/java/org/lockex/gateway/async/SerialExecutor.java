package org.lockex.gateway.async;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that knows about leases happens in steps, one after another, each on the thread that
 * brings it. What a step has decided to tell others is told after it, so that no foreign code ever
 * runs inside.
 *
 * <p>A step that throws is a defect: it is told with the lock's name, what hangs on it is ended,
 * the answers that were decided before it are given, and the next steps run.
 */
public final class SerialExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Runnable> answers = new ArrayDeque<>();
  private final BiConsumer<StepSubject, Throwable> defects;

  /** No step is being made; defects are logged. */
  public SerialExecutor() {
    this((subject, thrown) -> LOG.error("a defect in lockexd, lock {}", subject.lock(), thrown));
  }

  /**
   * No step is being made.
   *
   * @param defects hears what steps throw, and what they were about
   */
  public SerialExecutor(BiConsumer<StepSubject, Throwable> defects) {
    this.defects = defects;
  }

  /**
   * Runs {@code step} alone, now; steps nest. It never throws.
   *
   * @param subject what it is about, should it throw
   * @param step the step
   */
  public void run(StepSubject subject, Runnable step) {
    Queue<Runnable> told = new ArrayDeque<>();
    lock.lock();
    try {
      guard(subject, step);
    } finally {
      if (lock.getHoldCount() == 1) {
        told.addAll(answers);
        answers.clear();
      }
      lock.unlock();
    }
    told.forEach(answer -> guard(StepSubject.of(subject.lock()), answer));
  }

  /**
   * Within a step: runs a part of it that concerns {@code subject} alone, so that the other parts
   * run even if this one throws.
   *
   * @param subject what it is about, should it throw
   * @param part a part of the step
   */
  public void guard(StepSubject subject, Runnable part) {
    try {
      part.run();
    } catch (RuntimeException | Error e) {
      defects.accept(subject, e);
      try {
        subject.failed().run();
      } catch (RuntimeException | Error again) {
        defects.accept(subject, again);
      }
    }
  }

  /**
   * Within a step: {@code answer} runs when the step is over.
   *
   * @param answer foreign code
   */
  public void afterwards(Runnable answer) {
    answers.add(answer);
  }
}
