package org.lockex.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.lockex.child.Keyboard;
import org.lockex.cli.Ages;
import org.lockex.cli.LineWriter;
import org.lockex.cli.Terminals;
import org.lockex.inspect.text.Output;
import org.lockex.inspect.text.Table;
import org.lockex.inspect.text.WatchSearch;
import org.lockex.lock.session.LockException;
import org.lockex.lock.session.ServersClock;
import org.lockex.znode.JsonWriter;
import org.lockex.znode.LockId;

/**
 * {@code lockexctl watch}: a screen that follows on a terminal; otherwise one line for everything
 * that happens, beginning with how it is now.
 */
final class WatchLocks {
  private static final long SECOND = 1_000_000_000L;

  /** To the top left corner, and no lines that go on in the next one. */
  private static final String HOME = "\033[?7l\033[H";

  /** Ends a line; at the bottom it stays there, so that the top is what remains to be seen. */
  private static final String NEXT = "\033[K\033[B\r";

  /** Clears what is below. */
  private static final String REST = "\033[J";

  /** A screen of its own, without the cursor; and back to what was there before. */
  private static final String ENTER = "\033[?1049h\033[?25l";

  private static final String LEAVE = "\033[?7h\033[?25h\033[?1049l";

  private final EnsembleAccess servers;
  private final Output out;
  private final boolean json;
  private final boolean screen;
  private final LineWriter terminal;
  private String first = ENTER;
  private Optional<ServersClock> clock = Optional.empty();
  private final Map<String, LockState> locks = new TreeMap<>();
  private final WatchSearch search = new WatchSearch();
  private boolean left;

  WatchLocks(EnsembleAccess servers, Output out, boolean json) {
    this.servers = servers;
    this.out = out;
    this.json = json;
    this.screen = !json && Terminals.isTerminal(1);
    this.terminal = out.screen();
  }

  /** Goes on until a signal, or {@code q} on a terminal, ends it. */
  int run(Optional<LockId> id) throws LockException, InterruptedException, IOException {
    Changes changes = Changes.of(servers, tree -> id.map(tree::path).orElse(tree.path()));
    if (!screen) {
      return follow(changes, id);
    }
    Keyboard keyboard =
        Keyboard.open(key -> {
          if (search.press(key)) {
            changes.redraw();
          } else if (key == 'q') {
            changes.enough();
          }
        });
    // Also where a signal ends it, the terminal is as it was.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(keyboard)));
    try {
      return follow(changes, id);
    } finally {
      leave(keyboard);
    }
  }

  private int follow(Changes changes, Optional<LockId> id)
      throws LockException, InterruptedException, IOException {
    read(changes.tree(), id, Set.of(Changes.ALL), "holds");
    while (true) {
      if (screen) {
        draw(id);
      } else {
        out.flush();
      }
      // The screen shows how long ago things were: it moves with the time.
      Set<String> paths = changes.await(screen ? Optional.of(SECOND) : Optional.empty());
      if (paths.contains(Changes.ENOUGH)) {
        return 0;
      }
      read(changes.tree(), id, paths, "acquired");
    }
  }

  private synchronized void leave(Keyboard keyboard) {
    if (left) {
      return;
    }
    left = true;
    keyboard.close();
    if (first.isEmpty()) {
      terminal.fault(LEAVE.getBytes(UTF_8));
      terminal.finish();
    }
  }

  private void read(LockReader tree, Optional<LockId> id, Set<String> paths, String event)
      throws LockException, InterruptedException, IOException {
    if (paths.contains(Changes.ALL)) {
      // At the start, and behind every new connection.
      clock = Optional.of(tree.clock());
    }
    Set<String> names = new TreeSet<>();
    if (id.isPresent()) {
      if (!paths.isEmpty()) {
        names.add(id.get().value());
      }
    } else if (paths.contains(Changes.ALL)) {
      names.addAll(locks.keySet());
      for (LockState lock : tree.list(name -> true, true)) {
        changed(lock, event);
        names.remove(lock.id());
      }
    } else {
      for (String path : paths) {
        Changes.below(tree.path(), path).stream().findFirst().ifPresent(names::add);
      }
    }
    for (String name : names) {
      changed(tree.read(new LockId(name)), event);
    }
  }

  /** The servers' time, known before anything is shown. */
  private Instant now() {
    return clock.orElseThrow().now();
  }

  private void changed(LockState now, String event) throws IOException {
    LockState before = locks.put(now.id(), now);
    if (screen) {
      return;
    }
    Map<String, Participant> held = byKey(before, true);
    Map<String, Participant> waited = byKey(before, false);
    Map<String, Participant> holds = byKey(now, true);
    Map<String, Participant> waits = byKey(now, false);
    for (Map.Entry<String, Participant> was : held.entrySet()) {
      if (!holds.containsKey(was.getKey())) {
        line(now, "released", was.getValue());
      }
    }
    for (Map.Entry<String, Participant> was : waited.entrySet()) {
      if (!waits.containsKey(was.getKey()) && !holds.containsKey(was.getKey())) {
        line(now, "left", was.getValue());
      }
    }
    for (Map.Entry<String, Participant> is : holds.entrySet()) {
      Participant was = held.get(is.getKey());
      if (was == null) {
        line(now, event, is.getValue());
      } else if (was.asked().isEmpty() && is.getValue().asked().isPresent()) {
        line(now, "asked", is.getValue());
      }
    }
    for (Map.Entry<String, Participant> is : waits.entrySet()) {
      if (!waited.containsKey(is.getKey())) {
        line(now, "waits", is.getValue());
      }
    }
  }

  /**
   * Each by what stays the same from the queue to the lease: its session, if it is one of ours. A
   * hold has one only until it holds; what it says of its maker stays.
   */
  private static Map<String, Participant> byKey(
      @org.jspecify.annotations.Nullable LockState lock, boolean holders) {
    Map<String, Participant> all = new LinkedHashMap<>();
    if (lock != null) {
      for (Participant one : holders ? lock.holders() : lock.waiters()) {
        boolean session = one.who().isPresent() && one.who().get().pid() > 0 && !one.isGrant();
        boolean hold = one.data().hold().isPresent();
        String maker = one.place() + " since " + one.since();
        all.put(hold ? maker : session ? one.sessionId() : one.node(), one);
      }
    }
    return all;
  }

  private void line(LockState lock, String event, Participant who) throws IOException {
    Instant now = now();
    if (event.equals("holds") && who.isOver(now)) {
      line(lock, "over", who);
      return;
    }
    if (json) {
      JsonWriter line = new JsonWriter().text("time", now.toString()).text("lock", lock.id());
      out.line(line.text("event", event).object("contender", JsonLine.of(who)).toString());
      return;
    }
    String held =
        event.equals("released")
            ? who.held(now).map(age -> " after " + Ages.of(age)).orElse("")
            : "";
    String asked =
        event.equals("asked") ? who.asked().map(by -> " to end by " + by.by()).orElse("") : "";
    out.line(
        Table.printable(
            now
                + " "
                + lock.id()
                + " "
                + event
                + " "
                + Words.who(who)
                + held
                + asked
                + (who.command().isEmpty() ? "" : " " + who.command())));
  }

  /** A terminal that was stopped (Ctrl-S) is drawn anew when it goes on: q and TERM do not wait. */
  private synchronized void draw(Optional<LockId> id) {
    if (left) {
      return;
    }
    terminal.settle(SECOND / 20);
    if (!terminal.isIdle()) {
      return;
    }
    Instant now = now();
    LockState one = id.map(lock -> locks.get(lock.value())).orElse(null);
    String text =
        one != null
            ? ShowLock.text(one, now)
            : WatchScreen.text(locks.values(), now, search, Keyboard.rows());
    byte[] frame = (first + HOME + text.replace("\n", NEXT) + REST).getBytes(UTF_8);
    first = "";
    terminal.write(frame, 0, frame.length);
  }
}
