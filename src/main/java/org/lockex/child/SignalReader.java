package org.lockex.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/**
 * The thread that takes the signals to lockex, one after the other, without a handler. The launcher
 * blocked all of them before the JVM began, so those of the first milliseconds wait here, the JVM
 * keeps none for itself, and none needs a thread to be made for it, which fails where the command
 * has used up what the system has.
 *
 * <p>Where the launcher could not block them (no env(1) that can), seven are taken with the JVM's
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
  private @Nullable Inherited inherited; // guarded by this

  /** Whether a signal that stops is taken like the others, or left to the kernel. */
  private volatile boolean takesStops;

  /** Gets the signals. */
  public interface SignalListener {
    /**
     * One came.
     *
     * @param signal its number
     * @param ignored lockex was started with it ignored: it means nothing to lockex itself, but the
     *     command may have come to take it
     */
    void signalled(int signal, boolean ignored);
  }

  private SignalReader(SignalListener listener) {
    this.listener = listener;
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
    SignalReader reader = new SignalReader(listener);
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
    if (areBlocked()) {
      synchronized (this) {
        this.inherited = inherited;
        notifyAll();
      }
    } else {
      handle(inherited);
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
    Inherited start = awaitBegin();
    int self = Libc.getpid();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(Libc.SIZEOF_SIGSET, 8);
      MemorySegment info = arena.allocate(128, 8);
      while (true) {
        set.set(JAVA_LONG, 0, takesStops ? TAKEN : TAKEN & ~STOPS);
        int signal = Libc.sigwaitinfo(set, info);
        // What lockex sends to its own group is not for itself: see Terminal.
        if (signal > 0 && !(info.get(JAVA_INT, 8) == SI_USER && info.get(JAVA_INT, 16) == self)) {
          listener.signalled(signal, start.ignores(signal));
        }
      }
    }
  }

  private synchronized Inherited awaitBegin() {
    try {
      while (inherited == null) {
        wait();
      }
      return inherited;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  /** A signal before this has its default effect: lockex dies, having started nothing. */
  private void handle(Inherited inherited) {
    if (Boolean.getBoolean("lockex.init")) {
      // Below the launcher as init, a shell's background job: POSIX has the shell ignore INT there,
      // and the JVM takes no signal that it finds ignored.
      SignalDisposition.reset(Signals.INT);
    }
    HANDLED.forEach((number, name) -> {
      if (!inherited.ignores(number)) {
        Signal.handle(new Signal(name), _ -> listener.signalled(number, false));
      }
    });
  }
}
