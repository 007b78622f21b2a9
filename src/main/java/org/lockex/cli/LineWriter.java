package org.lockex.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.lockex.child.ServiceManager;

/**
 * The way of a program's words to a reader who may have gone for a walk: a full pipe, a terminal
 * after Ctrl-S. Whoever writes here never waits. A thread, made with the first words, waits for the
 * reader; what does not fit into 64 KiB meanwhile is lost, and later it says how much that was.
 *
 * <p>Not by O_NONBLOCK: that would be set for everybody who has the same pipe or terminal.
 */
public final class LineWriter extends OutputStream {
  private static final int MOST_BYTES = 1 << 16;

  /** At the end, first for all that was said, then for the faults alone. */
  private static final long HALF_OF_THE_END = TimeUnit.MILLISECONDS.toNanos(250);

  private record QueuedLine(byte[] bytes, boolean fault, Optional<byte[]> entry) {}

  private final OutputStream out;
  private final BooleanSupplier journal;
  // Guarded by this:
  private final Deque<QueuedLine> lines = new ArrayDeque<>();
  private int bytes;
  private int lost;
  private IntFunction<byte[]> loss = count -> new byte[0];
  private boolean started;
  private boolean writing;

  /**
   * Nothing is written yet, and no thread made.
   *
   * @param out where a write may block; nobody else writes there
   */
  public LineWriter(OutputStream out) {
    this(out, () -> false);
  }

  private LineWriter(OutputStream out, BooleanSupplier journal) {
    this.out = out;
    this.journal = journal;
  }

  /** {@return one for this process's stderr} */
  public static LineWriter ofStderr() {
    return new LineWriter(new FileOutputStream(FileDescriptor.err), ServiceManager::keepsStderr);
  }

  /** Whether what is written here comes to the journal, which takes entries too. */
  boolean isJournal() {
    return journal.getAsBoolean();
  }

  @Override
  public void write(int one) {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) {
    add(new QueuedLine(Arrays.copyOfRange(from, offset, offset + length), false, Optional.empty()));
  }

  /**
   * Adds one whose place others have to give up if there is none left.
   *
   * @param line with all it needs at its end
   */
  public void fault(byte[] line) {
    add(new QueuedLine(line, true, Optional.empty()));
  }

  /**
   * Adds an entry of the journal.
   *
   * @param entry in its native protocol
   * @param line what is written if the journal does not take it
   * @param fault whether others have to give up their place
   */
  void entry(byte[] entry, byte[] line, boolean fault) {
    add(new QueuedLine(line, fault, Optional.of(entry)));
  }

  /** How the loss of so many lines is told from now on. */
  synchronized void tellLoss(IntFunction<byte[]> words) {
    loss = words;
  }

  /** {@return whether everything is written} */
  public synchronized boolean isIdle() {
    return lines.isEmpty() && lost == 0 && !writing;
  }

  /**
   * Waits until everything is written.
   *
   * @param nanos at most this long
   */
  public synchronized void settle(long nanos) {
    long end = System.nanoTime() + nanos;
    try {
      while (started && !isIdle()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left + 999_999);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Before the process ends: waits for the reader, at most half a second. If he does not come in
   * the first half of that, only faults are kept for the second.
   */
  public void finish() {
    if (isIdle()) {
      return;
    }
    if (!isStarted()) {
      writeHere();
      return;
    }
    settle(HALF_OF_THE_END);
    keepFaults();
    settle(HALF_OF_THE_END);
  }

  private synchronized void add(QueuedLine line) {
    if (bytes + line.bytes.length > MOST_BYTES) {
      while (line.fault && bytes + line.bytes.length > MOST_BYTES && dropLast()) {}
      if (!line.fault && !lines.isEmpty()) {
        lost++;
        return;
      }
    }
    addLoss();
    push(line);
    if (isStarted()) {
      notifyAll();
    }
  }

  /** The last one that is no fault: what is left is told in its order. */
  private boolean dropLast() {
    for (var all = lines.descendingIterator(); all.hasNext(); ) {
      QueuedLine line = all.next();
      if (!line.fault) {
        all.remove();
        bytes -= line.bytes.length;
        lost++;
        return true;
      }
    }
    return false;
  }

  private synchronized void keepFaults() {
    Deque<QueuedLine> faults = new ArrayDeque<>();
    bytes = 0;
    for (QueuedLine line : lines) {
      if (line.fault) {
        faults.add(line);
        bytes += line.bytes.length;
      } else {
        lost++;
      }
    }
    lines.clear();
    addLoss();
    lines.addAll(faults);
  }

  private void addLoss() {
    if (lost > 0) {
      push(new QueuedLine(loss.apply(lost), true, Optional.empty()));
      lost = 0;
    }
  }

  private void push(QueuedLine line) {
    lines.add(line);
    bytes += line.bytes.length;
  }

  /** Whether there is a thread: where the system has none to give, the next words try again. */
  private synchronized boolean isStarted() {
    if (!started) {
      Thread thread = new Thread(this::run, "lockex-stderr");
      thread.setDaemon(true);
      try {
        thread.start();
        started = true;
      } catch (OutOfMemoryError e) {
        // What is said waits for the next try.
      }
    }
    return started;
  }

  private void run() {
    try {
      while (true) {
        write(take());
        written();
      }
    } catch (InterruptedException e) {
      // Only a test interrupts this thread, to end it.
    }
  }

  private synchronized QueuedLine take() throws InterruptedException {
    while (lines.isEmpty() && lost == 0) {
      wait();
    }
    if (lines.isEmpty()) {
      addLoss();
    }
    writing = true;
    QueuedLine line = lines.remove();
    bytes -= line.bytes.length;
    return line;
  }

  private synchronized void written() {
    writing = false;
    notifyAll();
  }

  /** The system has no thread to give: the words of a program that ends are worth a risk. */
  private synchronized void writeHere() {
    addLoss();
    while (!lines.isEmpty()) {
      write(lines.remove());
    }
  }

  private void write(QueuedLine line) {
    if (line.entry.isPresent() && ServiceManager.keep(line.entry.get())) {
      return;
    }
    try {
      // One write a line, so that lines of several processes on one log do not mix.
      out.write(line.bytes);
      out.flush();
    } catch (IOException e) {
      // Nowhere is left to say it.
    }
  }
}
