package org.lockex.child;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * The keys of a terminal on standard input, one at a time and without an echo, while a screen is
 * shown. Signals of the keyboard stay signals.
 */
public final class Keyboard implements AutoCloseable {
  private static final int IN = 0;
  private static final int OUT = 1;

  // struct termios, bits/termios-struct.h: c_lflag, and VTIME and VMIN of c_cc.
  private static final long LOCAL_MODES = 12;
  private static final long VTIME = 17 + 5;
  private static final long VMIN = 17 + 6;

  // bits/termios-c_lflag.h
  private static final int ICANON = 0000002;
  private static final int ECHO = 0000010;

  private final MemorySegment before = Arena.ofAuto().allocate(Libc.SIZEOF_TERMIOS, 4);
  private boolean changed;

  private Keyboard() {}

  /**
   * Takes the keys, where standard input is a terminal in whose foreground we are.
   *
   * @param pressed gets each key, on a thread of its own
   * @return what gives the terminal its modes back; harmless where nothing was taken
   */
  public static Keyboard open(IntConsumer pressed) {
    Keyboard keyboard = new Keyboard();
    if (Libc.isatty(IN)
        && Libc.tcgetpgrp(IN) == Libc.getpgrp()
        && Libc.tcgetattr(IN, keyboard.before) == 0) {
      keyboard.take();
      Thread reader = new Thread(() -> read(pressed), "keyboard");
      reader.setDaemon(true);
      reader.start();
    }
    return keyboard;
  }

  /** {@return how many lines the terminal on standard output has; without one, no end of them} */
  public static int rows() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(8, 2);
      int rows = Libc.winsize(OUT, size) == 0 ? size.get(JAVA_SHORT, 0) : 0;
      return rows > 0 ? rows : Integer.MAX_VALUE;
    }
  }

  private synchronized void take() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment modes = arena.allocate(Libc.SIZEOF_TERMIOS, 4).copyFrom(before);
      modes.set(JAVA_INT, LOCAL_MODES, modes.get(JAVA_INT, LOCAL_MODES) & ~(ICANON | ECHO));
      modes.set(JAVA_BYTE, VTIME, (byte) 0);
      modes.set(JAVA_BYTE, VMIN, (byte) 1);
      changed = Libc.tcsetattr(IN, modes) == 0;
    }
  }

  private static void read(IntConsumer pressed) {
    try {
      InputStream in = new FileInputStream(FileDescriptor.in);
      for (int key = in.read(); key >= 0; key = in.read()) {
        pressed.accept(key);
      }
    } catch (IOException e) {
      // No more keys: a signal still ends the program.
    }
  }

  @Override
  public synchronized void close() {
    if (changed) {
      changed = false;
      Libc.tcsetattr(IN, before);
    }
  }
}
