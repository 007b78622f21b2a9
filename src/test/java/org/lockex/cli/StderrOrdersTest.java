package org.lockex.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.lockex.fixture.Orders;

/** Threads that have something to say, and the one that writes it, in many orders. */
@Tag("orders")
class StderrOrdersTest {
  private static final byte[] MOST = new byte[1 << 16];

  /** What arrived; only one thread at a time may write. */
  private static final class Reader extends OutputStream {
    private final List<byte[]> lines = new ArrayList<>();
    private Thread writer = Thread.currentThread();
    private boolean busy;
    private boolean mixed;

    @Override
    public void write(int one) {
      throw new AssertionError("a line is one write");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      mixed |= busy;
      busy = true;
      synchronized (this) {
        lines.add(bytes);
        writer = Thread.currentThread();
        notifyAll();
      }
      busy = false;
    }

    /** Waits for what is to arrive, and ends the thread that wrote it, which else goes on. */
    private void await(BooleanSupplier arrived) throws InterruptedException {
      synchronized (this) {
        while (!arrived.getAsBoolean()) {
          wait();
        }
      }
      writer.interrupt();
      writer.join();
      assertFalse(mixed, "two wrote at once");
    }

    /** How many lines arrived or are told to be lost. */
    private int accountedFor() {
      int sum = 0;
      for (byte[] line : lines) {
        sum += line.length == 1 ? line[0] : 1;
      }
      return sum;
    }

    private boolean hasLast(String word) {
      return !lines.isEmpty() && new String(lines.getLast(), UTF_8).contains(word);
    }
  }

  private static LineWriter writerTo(Reader reader) {
    LineWriter writer = new LineWriter(reader);
    writer.tellLoss(count -> new byte[] {(byte) count});
    return writer;
  }

  @Test
  void every_line_is_written_whole_or_told_to_be_lost() {
    Orders.tryMany(
        60,
        () -> {
          Reader reader = new Reader();
          LineWriter writer = writerTo(reader);
          Runnable speaker =
              () -> {
                writer.write(MOST, 0, MOST.length);
                writer.write(MOST, 0, 2);
              };
          Orders.sideBySide(speaker, speaker);
          reader.await(() -> reader.accountedFor() >= 4);
          assertEquals(4, reader.accountedFor());
        });
  }

  @Test
  void a_loss_is_told_while_others_make_more_known() {
    // The JDK's own threads, which making the first object starts, belong to no order.
    assertFalse(new LogLine("lockex", "info", LogEvent.DETAIL, Map.of(), "").json().isEmpty());
    Orders.tryMany(
        20,
        () -> {
          Reader reader = new Reader();
          LineWriter writer = new LineWriter(reader);
          Stderr stderr =
              new Stderr(
                  "lockex", new Verbosity(Verbosity.Level.NORMAL, Verbosity.Format.JSON), writer);
          stderr.about("lock", "a");
          writer.write(MOST, 0, MOST.length);
          writer.write(MOST, 0, 2);
          stderr.about("host", "h");
          stderr.about("zk", "z");
          stderr.fault("the last word");
          reader.await(() -> reader.hasLast("the last word"));
        });
  }
}
