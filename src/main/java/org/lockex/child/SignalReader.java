package org.lockex.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/**
 * The thread that takes the signals to lockex or lockexd, one after the other, without a handler.
 * The launcher blocked them before the JVM began, so those of the first milliseconds wait here, the
 * JVM keeps none for itself, and none needs a thread to be made for it, which fails where the
 * command or the user has used up what the system has.
 *
 * <p>Where the launcher could not block them (no env(1) that can), some are taken with the JVM's
 * handlers.
 */
public final class SignalReader {
  private static final int SI_USER = 0; // bits/siginfo-consts.h

  /**
   * All but KILL and STOP, those of faults, CHLD, those of glibc's threads, and the one that the
   * JDK wakes its own with (SIGRTMAX-2). The launcher blocks these.
   */
  private static final long TAKEN =
      ~((SignalDisposition.UNTOUCHED & ~SignalDisposition.mask(5)) | SignalDisposition.mask(62));

  /** What a service takes; the launcher blocks no others of lockexd. */
  private static final long SERVICE =
      SignalDisposition.mask(Signals.HUP)
          | SignalDisposition.mask(Signals.INT)
          | SignalDisposition.mask(Signals.QUIT)
          | SignalDisposition.mask(Signals.USR1)
          | SignalDisposition.mask(Signals.TERM);

  /** Those that the JVM leaves to programs. */
  private static final Map<Integer, String> HANDLED =
      Map.of(
          Signals.TERM,
          "TERM",
          Signals.INT,
          "INT",
          Signals.HUP,
          "HUP",
          Signals.USR1,
          "USR1",
          Signals.USR2,
          "USR2",
          Signals.WINCH,
          "WINCH",
          Signals.CONT,
          "CONT",
          Signals.TSTP,
          "TSTP");

  /** What stops a process, and can be blocked. */
  private static final long STOPS =
      SignalDisposition.mask(Signals.TSTP)
          | SignalDisposition.mask(Signals.TTIN)
          | SignalDisposition.mask(Signals.TTOU);

  private final SignalListener listener;
  private final long taken;
  private @Nullable IntPredicate ignored; // guarded by this

  /** Whether a signal that stops is taken like the others, or left to the kernel. */
  private volatile boolean takesStops;

  /** Gets the signals. */
  public interface SignalListener {
    /**
     * One came.
     *
     * @param signal its number
     * @param ignored we were started with it ignored: it means nothing to us, but the command may
     *     have come to take it
     */
    void signalled(int signal, boolean ignored);
  }

  private SignalReader(SignalListener listener, long taken) {
    this.listener = listener;
    this.taken = taken;
  }

  /**
   * Starts the thread. It makes the first native call, which takes a while, and then waits for
   * {@link #begin}.
   *
   * @param listener must only enqueue
   * @param onDeath told if the thread dies
   * @return the reader
   */
  public static SignalReader start(SignalListener listener, Consumer<? super Throwable> onDeath) {
    return start(new SignalReader(listener, TAKEN), onDeath);
  }

  /**
   * Takes HUP, INT, QUIT, USR1 and TERM for a program that runs no command; those that have come
   * already follow at once. Where the launcher could not block them, QUIT is left to the JVM.
   *
   * @param listener is called on the one thread that takes them; what it was started with ignored
   *     is nothing to it
   * @param onDeath told if the thread dies
   */
  public static void serve(IntConsumer listener, Consumer<? super Throwable> onDeath) {
    long ignored = Long.parseUnsignedLong(System.getProperty("lockex.ignored", "0"), 16);
    start(
            new SignalReader(
                (signal, meantForNobody) -> {
                  if (!meantForNobody) {
                    listener.accept(signal);
                  }
                },
                SERVICE),
            onDeath)
        .begin(signal -> (ignored & SignalDisposition.mask(signal)) != 0);
  }

  private static SignalReader start(SignalReader reader, Consumer<? super Throwable> onDeath) {
    EssentialThread.start("signals", reader::run, onDeath);
    return reader;
  }

  /** {@return whether the launcher has blocked the signals} */
  static boolean areBlocked() {
    return Boolean.getBoolean("lockex.blocked");
  }

  /**
   * The signals are wanted from now on; those that have come already follow at once.
   *
   * @param inherited says which were ignored at the start
   */
  public void begin(Inherited inherited) {
    begin(inherited::ignores);
  }

  private void begin(IntPredicate ignores) {
    if (areBlocked()) {
      synchronized (this) {
        ignored = ignores;
        notifyAll();
      }
    } else {
      handle(ignores);
    }
  }

  /**
   * From now on the kernel stops this process where a signal says so. Nobody else could without a
   * fault: a CONT that comes between taking such a signal and doing what it says would be lost.
   * Call it on the thread that will call {@link #takeStops}.
   */
  public void leaveStops() {
    if (areBlocked()) {
      SignalDisposition.mask(Libc.SIG_UNBLOCK, STOPS);
    }
  }

  /** From now on the listener gets those too, and this process goes on. */
  public void takeStops() {
    if (areBlocked()) {
      SignalDisposition.mask(Libc.SIG_BLOCK, STOPS);
      takesStops = true;
      Libc.kill(Libc.getpid(), Signals.URG); // wakes the thread, and says nothing to it
    }
  }

  private void run() {
    SystemClock.BOOTTIME.getAsLong();
    if (!areBlocked()) {
      return;
    }
    IntPredicate ignores = awaitBegin();
    int self = Libc.getpid();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(Libc.SIZEOF_SIGSET, 8);
      MemorySegment info = arena.allocate(128, 8);
      while (true) {
        set.set(JAVA_LONG, 0, takesStops ? taken : taken & ~STOPS);
        int signal = Libc.sigwaitinfo(set, info);
        // What lockex sends to its own group is not for itself: see Terminal.
        if (signal > 0 && !(info.get(JAVA_INT, 8) == SI_USER && info.get(JAVA_INT, 16) == self)) {
          listener.signalled(signal, ignores.test(signal));
        }
      }
    }
  }

  private synchronized IntPredicate awaitBegin() {
    try {
      while (ignored == null) {
        wait();
      }
      return ignored;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  /** A signal before this has its default effect: lockex dies, having started nothing. */
  private void handle(IntPredicate ignores) {
    if (Boolean.getBoolean("lockex.init")) {
      // Below the launcher as init, a shell's background job: POSIX has the shell ignore INT there,
      // and the JVM takes no signal that it finds ignored.
      SignalDisposition.reset(Signals.INT);
    }
    HANDLED.forEach((number, name) -> {
      if ((taken & SignalDisposition.mask(number)) != 0 && !ignores.test(number)) {
        Signal.handle(new Signal(name), _ -> listener.signalled(number, false));
      }
    });
  }
}
