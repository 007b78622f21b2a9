package org.lockex.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Poll;

class LineWriterTest {
  /** What it gets is read by nobody until somebody comes. */
  private static final class Reader extends OutputStream {
    final CountDownLatch comes = new CountDownLatch(1);
    final CountDownLatch isAwaited = new CountDownLatch(1);
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    @Override
    public void write(int one) {
      throw new AssertionError("a line is one write");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      isAwaited.countDown();
      try {
        comes.await();
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
      synchronized (read) {
        read.write(bytes, offset, length);
      }
    }

    List<String> lines() {
      synchronized (read) {
        return read.toString(UTF_8).lines().toList();
      }
    }
  }

  private final Reader reader = new Reader();
  private final LineWriter writer = new LineWriter(reader);
  private final Stderr stderr =
      new Stderr("lockex", new Verbosity(Verbosity.Level.VERBOSE, Verbosity.Format.TEXT), writer);

  /** The first is in the hands of the thread; all others have to find room. */
  private void fill(int lines) throws InterruptedException {
    stderr.detail("first");
    reader.isAwaited.await();
    for (int i = 0; i < lines; i++) {
      stderr.detail("x".repeat(1015));
    }
  }

  @Test
  void says_later_how_much_nobody_read() throws InterruptedException {
    fill(64 + 12);
    assertEquals(List.of(), reader.lines());
    reader.comes.countDown();
    Poll.until("all is written", writer::isIdle);
    List<String> lines = reader.lines();
    assertEquals(1 + 64 + 1, lines.size());
    assertEquals("lockex: 12 lines were lost because nobody read stderr", lines.getLast());
    stderr.detail("next");
    Poll.until("all is written", writer::isIdle);
    assertEquals("lockex: next", reader.lines().getLast());
  }

  @Test
  void a_fault_takes_the_place_of_other_words() throws InterruptedException {
    fill(64);
    stderr.fault("the one that counts");
    reader.comes.countDown();
    Poll.until("all is written", writer::isIdle);
    List<String> lines = reader.lines();
    assertEquals(1 + 63 + 2, lines.size());
    assertEquals("lockex: 1 line was lost because nobody read stderr", lines.get(64));
    assertEquals("lockex: the one that counts", lines.getLast());
  }

  @Test
  void the_end_does_not_wait_for_nobody_and_drops_the_faults_last() throws InterruptedException {
    fill(3);
    stderr.fault("exit");
    stderr.finish();
    assertEquals(List.of(), reader.lines());
    reader.comes.countDown();
    Poll.until("all is written", writer::isIdle);
    assertEquals(
        List.of(
            "lockex: first",
            "lockex: 3 lines were lost because nobody read stderr",
            "lockex: exit"),
        reader.lines());
  }

  @Test
  void a_line_that_is_updated_is_not_kept_for_nobody() throws InterruptedException {
    fill(0);
    for (int i = 0; i < 1000; i++) {
      stderr.line("waiting " + i);
    }
    stderr.clearLine();
    reader.comes.countDown();
    Poll.until("all is written", writer::isIdle);
    assertEquals(List.of("lockex: first"), reader.lines());
  }

  @Test
  void what_is_known_can_be_told_while_more_becomes_known() {
    Stderr json =
        new Stderr("lockex", new Verbosity(Verbosity.Level.NORMAL, Verbosity.Format.JSON), writer);
    json.about("lock", "a");
    json.about("pid", 1);
    // The thread that writes tells a loss like this, while the command's thread says more.
    for (String name : json.known().keySet()) {
      json.about(name + " of another", "x");
    }
    assertEquals(
        List.of("lock", "pid", "lock of another", "pid of another"),
        List.copyOf(json.known().keySet()));
  }

  @Test
  void silence_needs_no_thread() {
    long before = threads();
    stderr.finish();
    stderr.clearLine();
    assertEquals(before, threads());
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("lockex-stderr"))
        .count();
  }
}
